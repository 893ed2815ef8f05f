package import Auth
package import Foundation
package import Postgres
package import ServiceKit
import WorkQueue

/// What AlertIngestion is told, beside the kit's own keys (`HOST`, `PORT`, `LOG_LEVEL`, `METRICS_TOKEN`, …).
///
/// - `DATABASE_URL` or `POSTGRES_*`, `DB_POOL_SIZE`, `DB_MAX_OVERFLOW`, `DB_ECHO`, `REQUIRE_DURABLE_DATABASE`: see `PostgresConfiguration`.
/// - `INCIDENTS_URL`: where IncidentManagement answers, default `http://127.0.0.1:8002`.
/// - `INTERNAL_SECRET` (or `_FILE`): shared by the daemons, at least 32 bytes.
/// - `ALERT_RETENTION_DAYS`, `DEAD_MESSAGE_RETENTION_DAYS`: see `Retained`.
package struct AlertIngestionConfiguration: Sendable {
    package let postgres: PostgresConfiguration
    package let incidentsURL: URL
    package let internalSecret: Secret
    package let alertRetention: TimeInterval?
    package let deadRetention: TimeInterval?

    /// Makes prepared plans independent of how full the hot tables were when they were made: idle for an hour they hold a page, and a cached
    /// sequential scan would be poison in the storm that follows.
    package static let indexesOnly = [
        "enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off", "plan_cache_mode": "force_generic_plan",
    ]

    /// - Throws: `ConfigurationError` naming the key.
    package init(_ settings: Settings) throws {
        var postgres = try PostgresConfiguration(settings: settings, schema: AlertIngestionMigrations.schema)
        postgres.serverSettings = Self.indexesOnly
        self.postgres = postgres
        incidentsURL = try settings.url("INCIDENTS_URL", default: "http://127.0.0.1:8002")
        internalSecret = try settings.secret("INTERNAL_SECRET")
        alertRetention = try settings.retention(.alerts)
        deadRetention = try settings.retention(.deadMessages)
    }
}
