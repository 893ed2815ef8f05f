import Foundation

/// The network an address belongs to: one attacker has many addresses of it, two offices seldom share one.
///
/// The first 24 bits of IPv4 and, since a household gets that much, the first 64 of IPv6.
package struct NetworkPrefix: Sendable, Hashable {
    package let text: String

    /// What is no address is one network of its own.
    package init(_ address: String?) {
        guard let address else {
            text = "unknown"
            return
        }
        if let four = Self.bytes(address, AF_INET, 4) {
            text = Self.version4(four)
        } else if let six = Self.bytes(address, AF_INET6, 16) {
            let isMapped = six.prefix(10).allSatisfy { $0 == 0 } && six[10] == 0xFF && six[11] == 0xFF
            text = isMapped ? Self.version4(Array(six.suffix(4))) : Self.version6(six)
        } else {
            text = "unknown"
        }
    }

    private static func version4(_ bytes: [UInt8]) -> String {
        "\(bytes[0]).\(bytes[1]).\(bytes[2]).0/24"
    }

    private static func version6(_ bytes: [UInt8]) -> String {
        let groups = stride(from: 0, to: 8, by: 2).map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }
        return groups.joined(separator: ":") + "::/64"
    }

    private static func bytes(_ address: String, _ family: Int32, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return inet_pton(family, address, &bytes) == 1 ? bytes : nil
    }
}
