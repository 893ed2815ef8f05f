package import Auth
import Contracts
package import Foundation
package import Postgres
package import ServiceKit
import WorkQueue

/// What IncidentManagement reads from its environment.
///
/// - `DATABASE_URL` or `POSTGRES_*`, `DB_*`: see `PostgresConfiguration`.
/// - `INTERNAL_SECRET`: at least 32 bytes, the same for all daemons.
/// - `ALERTS_URL`, `ONCALL_URL`, `NOTIFICATIONS_URL`: where the neighbours answer.
/// - `PUBLIC_URL`: where people reach the web pages; links in messages begin with it.
/// - `INCIDENT_RETENTION_DAYS`, `AUDIT_RETENTION_DAYS`, `DEAD_MESSAGE_RETENTION_DAYS`: see `Retained`.
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
    }
}
