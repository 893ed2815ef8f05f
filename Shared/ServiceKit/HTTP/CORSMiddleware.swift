import HTTPTypes
import Hummingbird

/// Answers preflights and marks answers for the origins of a ``CORSPolicy``; says nothing to others.
struct CORSMiddleware: RouterMiddleware {
    let policy: CORSPolicy

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        guard let origin = request.headers[.origin] else { return try await next(request, context) }
        let grant = policy.grant(origin)
        let isPreflight = request.method == .options && request.headers[.accessControlRequestMethod] != nil
        var response = isPreflight ? Self.preflight(grant) : try await next(request, context)
        response.headers.append(HTTPField(name: .vary, value: "Origin"))
        switch grant {
        case .none: break
        case .anybody: response.headers[.accessControlAllowOrigin] = "*"
        case .origin(let origin):
            response.headers[.accessControlAllowOrigin] = origin
            response.headers[.accessControlAllowCredentials] = "true"
        }
        if grant != .none { response.headers[.accessControlExposeHeaders] = "ETag, Link, Retry-After, X-Request-ID, X-Total-Count" }
        return response
    }

    private static func preflight(_ grant: CORSPolicy.Grant) -> Response {
        guard grant != .none else { return Response(status: .forbidden) }
        return Response(
            status: .noContent,
            headers: [
                .accessControlAllowMethods: "GET, HEAD, POST, PUT, PATCH, DELETE",
                .accessControlAllowHeaders:
                    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-API-Key, X-Request-ID, X-Requested-With, traceparent",
                .accessControlMaxAge: "600",
            ]
        )
    }
}
