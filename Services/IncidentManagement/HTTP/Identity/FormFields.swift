package import Contracts
import Foundation

/// The fields of an `application/x-www-form-urlencoded` body, as OAuth 2 clients and Swagger's Authorize send a sign-in (RFC 6749 §4.3.2).
package struct FormFields: Sendable {
    private let fields: [String: String]

    /// Few, since a sign-in has six at most.
    private static let most = 20

    /// Throws ``InvalidFields`` for a field that occurs twice, for what is not UTF-8, and for NUL.
    package init(_ bytes: some Collection<UInt8>) throws(InvalidFields) {
        var fields: [String: String] = [:]
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard fields.count < Self.most, let name = Self.decoded(parts[0]),
                let value = Self.decoded(parts.count > 1 ? parts[1] : parts[0].prefix(0)),
                fields.updateValue(value, forKey: name) == nil
            else { throw InvalidFields("", "must be a form of UTF-8 fields that occur once each") }
        }
        self.fields = fields
    }

    package func required(_ name: String) throws(InvalidFields) -> String {
        guard let value = fields[name], !value.isEmpty else { throw InvalidFields("/" + name, "is required") }
        return value
    }

    package subscript(_ name: String) -> String? { fields[name] }

    private static func decoded(_ bytes: some Sequence<UInt8>) -> String? {
        let plain = String(decoding: bytes.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
        guard let text = plain.removingPercentEncoding, !text.unicodeScalars.contains("\0"), !text.contains("\u{FFFD}") else { return nil }
        return text
    }
}
