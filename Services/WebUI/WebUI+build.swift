import Auth
import Contracts
import Foundation
import Hummingbird
import ServiceClients
package import ServiceKit

/// Puts the web pages together; the only function that knows everything.
package func buildWebUI(_ boot: Bootstrap) async throws -> Daemon {
    let configuration = try WebUIConfiguration(boot.settings)
    let clock = boot.clock ?? SystemClock()
    let transport = PeerTransport(
        from: .webUI, tokens: InternalTokens(secret: configuration.internalSecret, clock: { clock.now }), logger: boot.logger
    )
    let clients = configuration.daemons.map { peer, url in PeerClient(transport, to: peer, baseURL: url) }
    guard let incidentURL = configuration.daemons[.incidentManagement] else {
        throw ConfigurationError("INCIDENTS_URL", "is missing")
    }
    let incidents = IncidentService(client: PeerClient(transport, to: .incidentManagement, baseURL: incidentURL))
    let renderer = try PageRenderer()
    let gate = SessionGate(
        incidents: incidents, tokens: FormToken(secret: configuration.internalSecret), renderer: renderer, origin: configuration.origin,
        isSecure: configuration.isSecure, clock: clock
    )

    let routes = Routes()
    StaticController().addRoutes(to: routes)
    SignInController(incidents: incidents, gate: gate, renderer: renderer).addRoutes(to: routes)
    PageController(incidents: incidents, health: HealthOverview(clients: clients), gate: gate, renderer: renderer).addRoutes(to: routes)

    return try boot.daemon(
        routes: routes, document: APIDocument(EmbeddedText.openapi), authenticator: NobodyByHeader(), health: [],
        services: [transport], problemPage: ProblemPages(renderer: renderer).page, clock: clock
    )
}

/// People come with cookies here, which SessionGate reads; no header signs anybody in.
private struct NobodyByHeader: Authenticator {
    func principal(for credential: Credential) async throws -> Principal? { nil }
}
