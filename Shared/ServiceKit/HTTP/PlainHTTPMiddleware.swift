import Contracts
import Foundation
import HTTPTypes
import Hummingbird

/// Answers nothing that came over plain HTTP to a suite whose PUBLIC_URL is https, as far as a trusted proxy tells: whoever is answered goes on
/// sending credentials in the open. It looks before any handler does, so that no body is read.
struct PlainHTTPMiddleware: RouterMiddleware {
    /// Asked by supervisors, balancers and Prometheus, which know no https and send nothing that it would hide but METRICS_TOKEN.
    private static let probes: Set<String> = ["/livez", "/readyz", "/health", "/health/ready", "/metrics"]
    /// Between daemons, which call each other over plain HTTP with tokens that end in a minute: no page may wait for a balancer's header. web-ui calls
    /// like anybody and shows its token beside; who only says so harms itself.
    private static func isBetweenDaemons(_ request: Request) -> Bool {
        request.uri.path.hasPrefix("/internal/") || request.headers[.peerToken] != nil
    }

    private let proxies: TrustedProxies
    /// Scheme and authority of PUBLIC_URL; nil when it is not https, and then everything passes.
    private let origin: String?
    /// PUBLIC_URL is where people reach the pages; the other daemons do not know where they are reached.
    private let isAtOrigin: Bool

    init(_ settings: Settings, of peer: Peer, behind proxies: TrustedProxies) {
        let (url, scheme) = (settings.string("PUBLIC_URL", default: ""), "https://")
        self.proxies = proxies
        let authority = String(url.dropFirst(scheme.count).prefix { !"/?#".contains($0) })
        origin = url.lowercased().hasPrefix(scheme) ? scheme + authority : nil
        isAtOrigin = peer == .webUI
    }

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        guard let origin, Self.cameOpenly(request.headers), proxies.includes(context.peerAddress),
            !Self.probes.contains(request.uri.path), !Self.isBetweenDaemons(request)
        else { return try await next(request, context) }
        guard isAtOrigin, request.method == .get || request.method == .head else { throw Problem.httpsRequired }
        return Response(status: .permanentRedirect, headers: [.location: origin + (request.head.path ?? "/")])
    }

    /// The last value is what the nearest proxy wrote; those before it may be anybody's.
    private static func cameOpenly(_ headers: HTTPFields) -> Bool {
        guard let values = headers[values: .forwardedProto].last else { return false }
        let last = values.split(separator: ",", omittingEmptySubsequences: false).last ?? ""
        return last.trimmingCharacters(in: .whitespaces).lowercased() != "https"
    }
}
