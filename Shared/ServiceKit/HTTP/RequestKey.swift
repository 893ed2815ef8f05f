package import Contracts
import Crypto
package import Foundation
import HTTPTypes
package import Hummingbird

/// The key under which a client may safely repeat a request (reliability ING-3).
package struct RequestKey: Hashable, Sendable {
    /// Bytes of a key, as the draft's examples and Stripe's clients stay far below.
    package static let limit = 255

    /// Whose key it is (`Principal/scope`).
    package let scope: String
    /// What was asked for: the same text is another key there.
    package let route: String
    package let key: String
    /// SHA-256 of the body.
    package let bodyDigest: Data

    /// - Throws: a ``Problem`` (400) for an empty or overlong key, or one with a NUL, which PostgreSQL cannot keep.
    package init(scope: String, route: String, key: String, bodyDigest: Data) throws {
        guard (1...Self.limit).contains(key.utf8.count), !key.utf8.contains(0) else {
            throw Problem.badRequest(code: "bad_idempotency_key", "Idempotency-Key must have 1 to \(Self.limit) bytes")
        }
        self.scope = scope
        self.route = route
        self.key = key
        self.bodyDigest = bodyDigest
    }

    /// What makes two requests twins, whatever their bodies are.
    package var identity: [String] { [scope, route, key] }
}

extension Request {
    /// What `Idempotency-Key` says, quoted as in the draft or bare as Stripe's clients send it (interop §3.4); nil without one.
    ///
    /// - Throws: a ``Problem`` (400) for a key that is none.
    package func repeatKey(scope: String, route: String, body: JSONValue) throws -> RequestKey? {
        guard let raw = headers[.idempotencyKey] else { return nil }
        let isQuoted = raw.utf8.count > 1 && raw.hasPrefix("\"") && raw.hasSuffix("\"")
        return try RequestKey(
            scope: scope, route: route, key: isQuoted ? String(raw.dropFirst().dropLast()) : raw,
            bodyDigest: Data(SHA256.hash(data: Data(body.serialized.utf8))))
    }
}
