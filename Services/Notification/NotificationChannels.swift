import Contracts
import Logging
import ServiceClients
import ServiceKit
import ServiceLifecycle

/// The channels of a configuration, and what `/health` has to say about them.
struct NotificationChannels: Sendable {
    let services: [any Service]
    let health: HealthCheck
    private let channels: [any Channel]

    init(_ configuration: NotificationConfiguration, clock: any Clock, logger: Logger) {
        let webhook = WebhookChannel(EgressClient(configuration.egress, logger: logger), clock: clock)
        let email = configuration.mail.map { EmailChannel($0.server, from: $0.sender, connections: configuration.mailConnections) }
        let configured: [any Channel] = [webhook] + (email.map { [$0] } ?? [])
        let missing = ChannelKind.allCases.filter { kind in !configured.contains { $0.kind == kind } }
        let simulated: [any Channel] = configuration.simulates ? missing.map { ConsoleChannel(kind: $0, logger: logger) } : []
        channels = configured + simulated
        services = email.map { [$0] } ?? []
        health = HealthCheck("channels", affectsReadiness: false) { [simulates = configuration.simulates] in
            guard email == nil else { return .ok }
            return .degraded(simulates ? "e-mail has no provider and is simulated" : "e-mail has no provider: set SMTP_URL")
        }
    }

    func directory(replacing replacements: [any Channel]) -> ChannelDirectory {
        ChannelDirectory(channels + replacements)
    }
}
