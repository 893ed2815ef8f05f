package import Contracts
import Foundation
package import HTTPTypes
package import Hummingbird

/// An answer that says what went wrong, as `application/problem+json` (RFC 9457); throw it or return it.
package struct Problem: HTTPResponseError, Sendable {
    /// RFC 9457 §3.
    static let contentType = "application/problem+json"

    package let status: HTTPResponse.Status
    /// Stable and in snake_case: what a program may compare.
    package let code: String
    package let title: String
    /// For people; never holds what the client sent.
    package let detail: String
    package let errors: [FieldFault]
    package var headers: HTTPFields

    package init(
        status: HTTPResponse.Status, code: String, title: String? = nil, detail: String, errors: [FieldFault] = [],
        headers: HTTPFields = [:]
    ) {
        self.status = status
        self.code = code
        self.title = title ?? status.reasonPhrase
        self.detail = detail
        self.errors = errors
        self.headers = headers
    }

    package func response(from request: Request, context: some RequestContext) throws -> Response {
        response(requestID: (context as? CallContext)?.requestID)
    }

    func response(requestID: String?) -> Response {
        var headers = headers
        headers[.contentType] = Self.contentType
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body(requestID: requestID)))
    }

    func body(requestID: String?) -> ByteBuffer {
        let body = ProblemBody(
            type: "about:blank", title: title, status: status.code, detail: detail, code: code, requestID: requestID,
            errors: errors.isEmpty ? nil : errors
        )
        // Texts and numbers only: there is nothing an encoder could refuse.
        return ByteBuffer(bytes: (try? WireJSON.encode(body)) ?? Data("{}".utf8))
    }
}

private struct ProblemBody: Encodable {
    let type: String
    let title: String
    let status: Int
    let detail: String
    let code: String
    let requestID: String?
    let errors: [FieldFault]?
}

/// A domain error that knows its answer; conformances live in a service's `HTTP/<Error>+problem.swift`.
package protocol ProblemConvertible: Error {
    var problem: Problem { get }
}
