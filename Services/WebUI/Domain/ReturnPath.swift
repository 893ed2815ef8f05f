/// Where a person goes after signing in: the page of an incident, and nowhere else, so that no link can lead to another site.
package struct ReturnPath: Sendable, Hashable {
    private static let prefix = "/incidents/"
    /// A number or a UUID.
    private static let longestName = 36

    package let path: String

    /// Nil for anything but `/incidents/<number or id>`.
    package init?(_ text: String) {
        guard text.hasPrefix(Self.prefix) else { return nil }
        let name = text.utf8.dropFirst(Self.prefix.utf8.count)
        guard (1...Self.longestName).contains(name.count), name.allSatisfy(Self.isPartOfName) else { return nil }
        path = text
    }

    private static func isPartOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
