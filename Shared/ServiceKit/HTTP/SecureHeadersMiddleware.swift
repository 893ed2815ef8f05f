import HTTPTypes
import Hummingbird

/// Headers that keep browsers from guessing, caching and framing; a handler's own values win (pages set their policy, assets their cache).
struct SecureHeadersMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[.xContentTypeOptions] = "nosniff"
        Self.fill(&response.headers, .referrerPolicy, "no-referrer")
        Self.fill(&response.headers, .cacheControl, "no-store")
        Self.fill(&response.headers, .contentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'")
        return response
    }

    private static func fill(_ headers: inout HTTPFields, _ name: HTTPField.Name, _ value: String) {
        if headers[name] == nil { headers[name] = value }
    }
}
