package import Auth
import Contracts
package import Foundation
import Logging
package import Postgres
import ServiceClients
package import ServiceKit
import WorkQueue

/// What IncidentManagement reads from its environment.
///
/// - `DATABASE_URL` or `POSTGRES_*`, `DB_*`: see `PostgresConfiguration`.
/// - `INTERNAL_SECRET`: at least 32 bytes, the same for all daemons.
/// - `ALERTS_URL`, `ONCALL_URL`, `NOTIFICATIONS_URL`: where the neighbours answer.
/// - `PUBLIC_URL`: where people reach the web pages; links in messages begin with it.
/// - `INCIDENT_RETENTION_DAYS`, `AUDIT_RETENTION_DAYS`, `DEAD_MESSAGE_RETENTION_DAYS`: see `Retained`.
/// - `AUDITOR_HEARTBEAT_URL`: fed by every clean audit; empty feeds none. Checked like any URL that people give.
/// - `EGRESS_ALLOW`: `host:port,…` that it may lead to although private or plain http.
/// - `FALLBACK_CONTACT`: `mailto:` or `https:`, paged when nobody else can be; empty means all admins.
package struct IncidentConfiguration: Sendable {
    package let postgres: PostgresConfiguration
    package let internalSecret: Secret
    package let alertsURL: URL
    package let onCallURL: URL
    package let notificationsURL: URL
    package let publicURL: String
    package let fallback: FallbackContact
    package let incidentRetention: TimeInterval?
    package let auditRetention: TimeInterval?
    package let deadRetention: TimeInterval?
    private let heartbeatURL: String?
    private let egress: EgressGuard

    package init(_ settings: Settings) throws {
        postgres = try PostgresConfiguration(settings: settings, schema: "incident")
        internalSecret = try settings.secret("INTERNAL_SECRET")
        alertsURL = try settings.url("ALERTS_URL", default: "http://127.0.0.1:\(Peer.alertIngestion.defaultPort)")
        onCallURL = try settings.url("ONCALL_URL", default: "http://127.0.0.1:\(Peer.onCall.defaultPort)")
        notificationsURL = try settings.url("NOTIFICATIONS_URL", default: "http://127.0.0.1:\(Peer.notification.defaultPort)")
        publicURL = try settings.url("PUBLIC_URL", default: "http://127.0.0.1:\(Peer.webUI.defaultPort)").absoluteString
            .trimmingCharacters(in: CharacterSet(charactersIn: "/"))
        guard let fallback = FallbackContact(settings.string("FALLBACK_CONTACT", default: "")) else {
            throw ConfigurationError("FALLBACK_CONTACT", "must be mailto:… or https://…")
        }
        self.fallback = fallback
        incidentRetention = try settings.retention(.incidents)
        auditRetention = try settings.retention(.audit)
        deadRetention = try settings.retention(.deadMessages)
        let heartbeat = settings.string("AUDITOR_HEARTBEAT_URL", default: "")
        guard heartbeat.isEmpty || URL(string: heartbeat)?.host() != nil else {
            throw ConfigurationError("AUDITOR_HEARTBEAT_URL", "must be a URL")
        }
        heartbeatURL = heartbeat.isEmpty ? nil : heartbeat
        guard let allow = EgressAllowList(settings.list("EGRESS_ALLOW")) else {
            throw ConfigurationError("EGRESS_ALLOW", "must be a list of host:port")
        }
        egress = EgressGuard(allow: allow, refusedHosts: Set([URL(string: publicURL)?.host()].compactMap(\.self)))
    }

    /// Feeds the external watch; nil without one.
    func heartbeat(logger: Logger) -> (@Sendable () async throws -> Void)? {
        guard let heartbeatURL else { return nil }
        let client = EgressClient(egress, logger: logger)
        return {
            let answer = try await client.post(heartbeatURL, body: Data())
            guard answer.isSuccess else { throw HeartbeatRefused(status: answer.status) }
        }
    }
}

/// The external watch answered with something other than success.
private struct HeartbeatRefused: Error {
    let status: Int
}
