import Auth
import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import ServiceKit

/// The answer to a request that may come twice: written anew, or the one given the first time.
struct RepeatableResponse<Body: Encodable & Sendable>: ResponseGenerator, Sendable {
    private enum Content: Sendable {
        case fresh(JSONResponse<Body>)
        case replay(status: Int, body: String)
    }

    private let content: Content

    init<Value: Sendable>(
        _ performed: Performed<Value>, status: HTTPResponse.Status = .ok, body: (Value) -> Body,
        headers: (Value) -> HTTPFields = { _ in [:] }
    ) {
        content =
            switch performed {
            case .done(let value): .fresh(JSONResponse(body(value), status: status, headers: headers(value)))
            case .replay(let status, let body): .replay(status: status, body: body)
            }
    }

    func response(from request: Request, context: some RequestContext) throws -> Response {
        switch content {
        case .fresh(let response): return try response.response(from: request, context: context)
        case .replay(let status, let body):
            return Response(
                status: .init(code: status), headers: [.contentType: "application/json", .idempotencyReplayed: "true"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
        }
    }
}

extension Request {
    /// The request with its `Idempotency-Key` and how its answer is written; nil without one.
    ///
    /// - Throws: 400 for a key that is none.
    func repeatable<Value: Sendable, View: Encodable & Sendable>(
        _ route: String, _ body: JSONValue, _ context: CallContext, status: HTTPResponse.Status, view: @escaping @Sendable (Value) -> View
    ) throws -> Repeatable<Value>? {
        try repeatKey(scope: context.caller.scope, route: route, body: body).map { key in
            Repeatable(key: key, status: status.code, body: { try WireJSON.encodeText(view($0)) })
        }
    }
}
