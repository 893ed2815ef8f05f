import ServiceKit

/// The host of a user-given URL in its one accepted spelling: a DNS name in lower case, or an address.
struct EgressHost: Sendable, Hashable {
    /// Bytes of a DNS name (RFC 1035 §2.3.4).
    private static let nameLimit = 253
    private static let labelLimit = 63

    /// As in a URL, without brackets.
    let text: String
    let address: IPAddress?

    /// Nil for what is no name and no address, and for numbers that some resolvers take for an address (`127.1`, `0x7f.1`, `2130706433`).
    init?(_ text: String) {
        if text.hasPrefix("["), text.hasSuffix("]") {
            guard let address = IPAddress(text.dropFirst().dropLast()), !address.isVersion4 else { return nil }
            self.address = address
            self.text = address.description
            return
        }
        if let address = IPAddress(text), address.isVersion4 {
            self.address = address
            self.text = address.description
            return
        }
        let name = text.lowercased()
        let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard name.utf8.count <= Self.nameLimit, labels.allSatisfy({ Self.isLabel($0) }), let last = labels.last,
            last.contains(where: { !Self.isDigit($0) }), !last.starts(with: "0x".utf8)
        else { return nil }
        self.text = name
        address = nil
    }

    /// As in a URL, with brackets where they belong.
    var urlText: String { address.map { $0.isVersion4 } == false ? "[\(text)]" : text }

    private static func isLabel(_ label: Substring.UTF8View.SubSequence) -> Bool {
        (1...labelLimit).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
            && label.allSatisfy { isDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || isLetter($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
