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

extension Problem {
    static let idempotencyKeyReused = Problem(
        status: .unprocessableContent, code: "idempotency_key_reused", detail: "This Idempotency-Key was used with another body.")
}
