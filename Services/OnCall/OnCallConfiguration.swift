import Auth
import Foundation
import Postgres
import ServiceKit
import WorkQueue

/// What OnCall reads beside the keys every daemon has (`HOST`, `PORT`, `LOG_LEVEL`, `LOG_FORMAT`, `METRICS_TOKEN`, `CORS_ALLOWED_ORIGINS`,
/// `PUBLIC_URL`).
///
/// * `DATABASE_URL`, or `POSTGRES_HOST`, `POSTGRES_PORT`, `POSTGRES_DB`, `POSTGRES_USER`, `POSTGRES_PASSWORD`; `DB_POOL_SIZE`,
///   `DB_MAX_OVERFLOW`, `DB_ECHO`, `REQUIRE_DURABLE_DATABASE`: the database.
/// * `INCIDENTS_URL` (http://127.0.0.1:8002): IncidentManagement, which knows accounts, standing and signing keys.
/// * `NOTIFICATIONS_URL` (http://127.0.0.1:8004): Notification, which takes hand-off notices to people.
/// * `ONCALL_RETENTION_DAYS`, `DEAD_MESSAGE_RETENTION_DAYS`: see `Retained`.
/// * `INTERNAL_SECRET`: what daemons sign their calls with; at least 32 bytes.
struct OnCallConfiguration: Sendable {
    /// Who signs access tokens: the suite, whatever it is called from outside.
    static let issuer = "tocsin"

    let postgres: PostgresConfiguration
    let incidentsURL: URL
    let notificationsURL: URL
    let internalSecret: Secret
    let retention: TimeInterval?
    let deadRetention: TimeInterval?

    /// - Throws: `ConfigurationError` naming the key.
    init(_ settings: Settings) throws {
        postgres = try PostgresConfiguration(settings: settings, schema: OnCallMigrations.schema)
        incidentsURL = try settings.url("INCIDENTS_URL", default: "http://127.0.0.1:8002")
        notificationsURL = try settings.url("NOTIFICATIONS_URL", default: "http://127.0.0.1:8004")
        internalSecret = try settings.secret("INTERNAL_SECRET")
        retention = try settings.retention(.onCall)
        deadRetention = try settings.retention(.deadMessages)
    }
}
