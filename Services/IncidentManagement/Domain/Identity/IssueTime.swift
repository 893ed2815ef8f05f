package import Foundation

/// When an access token was issued, to the millisecond: its `jti` is a UUIDv7, while `iat` knows whole seconds only.
///
/// For tokens whose signature has been verified; this reads, it does not judge.
package enum IssueTime {
    private struct Claims: Decodable {
        let jti: UUID
    }

    package static func of(_ token: String) -> Date? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let payload = base64URL(parts[1]), let claims = try? JSONDecoder().decode(Claims.self, from: payload) else {
            return nil
        }
        let bytes = claims.jti.uuid
        guard bytes.6 >> 4 == 7 else { return nil }
        let milliseconds = [bytes.0, bytes.1, bytes.2, bytes.3, bytes.4, bytes.5].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    }

    private static func base64URL(_ text: Substring) -> Data? {
        let standard = text.replacing("-", with: "+").replacing("_", with: "/")
        return Data(base64Encoded: standard + String(repeating: "=", count: (4 - standard.count % 4) % 4))
    }
}
