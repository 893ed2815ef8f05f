import HTTPTypes
import Hummingbird

/// Headers that keep browsers from guessing, caching and framing; a handler's own values win (pages set their policy, assets their cache).
struct SecureHeadersMiddleware: RouterMiddleware {
    /// A year, told only by a suite whose PUBLIC_URL is https: on plain HTTP the header means nothing, and on a laptop it would bite.
    private static let strictTransport = "max-age=31536000"

    let isPublishedOverTLS: Bool

    init(_ settings: Settings) {
        isPublishedOverTLS = settings.string("PUBLIC_URL", default: "").lowercased().hasPrefix("https://")
    }

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers = applied(to: response.headers)
        return response
    }

    func applied(to headers: HTTPFields) -> HTTPFields {
        var headers = headers
        headers[.xContentTypeOptions] = "nosniff"
        if isPublishedOverTLS { headers[.strictTransportSecurity] = Self.strictTransport }
        Self.fill(&headers, .referrerPolicy, "no-referrer")
        Self.fill(&headers, .cacheControl, "no-store")
        Self.fill(&headers, .contentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'")
        return headers
    }

    private static func fill(_ headers: inout HTTPFields, _ name: HTTPField.Name, _ value: String) {
        if headers[name] == nil { headers[name] = value }
    }
}
