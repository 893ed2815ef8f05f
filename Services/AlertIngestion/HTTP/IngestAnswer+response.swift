import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import ServiceKit

extension IngestAnswer {
    func response(headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        return Response(
            status: HTTPResponse.Status(code: status), headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }
}

extension Request {
    /// The sender's `Idempotency-Key`, bare or quoted (interop §3.4).
    /// - Throws: a 400 for an empty or overlong one.
    func idempotencyClaim(scope: String, route: String, body: JSONValue, digest: TextDigest) throws -> IdempotencyClaim? {
        guard let header = headers[.idempotencyKey] else { return nil }
        let isQuoted = header.utf8.count >= 2 && header.hasPrefix("\"") && header.hasSuffix("\"")
        let key = isQuoted ? String(header.dropFirst().dropLast()) : header
        guard (1...255).contains(key.utf8.count) else {
            throw Problem.badRequest(code: "invalid_idempotency_key", "Idempotency-Key must have 1 to 255 bytes.")
        }
        return IdempotencyClaim(scope: scope, route: route, key: key, bodyDigest: Data(hex: digest(body.serialized)))
    }
}

extension Problem {
    static let idempotencyKeyReused = Problem(
        status: .unprocessableContent, code: "idempotency_key_reused", detail: "This Idempotency-Key was used with another body.")
}
