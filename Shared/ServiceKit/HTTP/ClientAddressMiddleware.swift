import Auth
import Contracts
import HTTPTypes
import Hummingbird

/// Finds out who calls when others stand between: first the web pages, by their token, then proxies, by their address.
struct ClientAddressMiddleware: RouterMiddleware {
    let proxies: TrustedProxies
    let authenticator: any Authenticator

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.remoteAddress = await address(request, context)
        return try await ClientAddress.$current.withValue(context.remoteAddress) { try await next(request, context) }
    }

    private func address(_ request: Request, _ context: CallContext) async -> String? {
        if let told = await toldByThePages(request.headers) { return told }
        return proxies.client(of: context.remoteAddress, forwardedFor: request.headers[values: .forwardedFor])
    }

    /// Without a good token the header is anybody's and says nothing; when nobody can tell, it says nothing either.
    private func toldByThePages(_ headers: HTTPFields) async -> String? {
        guard let token = headers[.peerToken], let client = headers[.clientAddress], token.utf8.count <= AccessGate.longestCredential,
            let address = IPAddress(client), let principal = try? await authenticator.principal(for: .bearer(token)),
            principal.kind == .daemon(.webUI)
        else { return nil }
        return address.description
    }
}
