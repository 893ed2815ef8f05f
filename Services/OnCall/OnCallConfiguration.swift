import Auth
import Foundation
import Postgres
import ServiceClients
import ServiceKit
import WorkQueue

/// What OnCall reads beside the keys every daemon has (`HOST`, `PORT`, `LOG_LEVEL`, `LOG_FORMAT`, `METRICS_TOKEN`, `CORS_ALLOWED_ORIGINS`,
/// `PUBLIC_URL`).
///
/// * `DATABASE_URL`, or `POSTGRES_HOST`, `POSTGRES_PORT`, `POSTGRES_DB`, `POSTGRES_USER`, `POSTGRES_PASSWORD`; `DB_POOL_SIZE`,
///   `DB_MAX_OVERFLOW`, `DB_ECHO`, `REQUIRE_DURABLE_DATABASE`: the database.
/// * `INCIDENTS_URL` (http://127.0.0.1:8002): IncidentManagement, which knows accounts, standing and signing keys.
/// * `NOTIFICATIONS_URL` (http://127.0.0.1:8004): Notification, which takes hand-off notices to people.
/// * `CALENDAR_URL` (`ONCALL_URL`, else http://127.0.0.1:8003): where calendar programs reach this daemon.
/// * `ONCALL_RETENTION_DAYS`, `DEAD_MESSAGE_RETENTION_DAYS`: see `Retained`.
/// * `SECRETS_KEY` (or `SECRETS_KEY_FILE`): what URLs of calendars are encrypted under in the database, at least 32 bytes; without it calendars can
///   only be uploaded. `SECRETS_KEY_PREVIOUS`: keys that are only read.
/// * `EGRESS_ALLOW`: `host:port,…` that calendars may be read from although private or plain http; default none.
/// * `PUBLIC_URL`: our own address, which calendars are not read from.
/// * `INTERNAL_SECRET`: what daemons sign their calls with; at least 32 bytes.
struct OnCallConfiguration: Sendable {
    /// Who signs access tokens: the suite, whatever it is called from outside.
    static let issuer = "tocsin"

    let postgres: PostgresConfiguration
    let incidentsURL: URL
    let notificationsURL: URL
    let calendarURL: URL
    let internalSecret: Secret
    let retention: TimeInterval?
    let deadRetention: TimeInterval?
    /// Nil without a key: an update must not keep the daemon that knows who is on call from starting.
    let keys: SealingKeyRing?
    let egress: EgressGuard

    /// - Throws: `ConfigurationError` naming the key.
    init(_ settings: Settings) throws {
        postgres = try PostgresConfiguration(settings: settings, schema: OnCallMigrations.schema)
        incidentsURL = try settings.url("INCIDENTS_URL", default: "http://127.0.0.1:8002")
        notificationsURL = try settings.url("NOTIFICATIONS_URL", default: "http://127.0.0.1:8004")
        calendarURL = try settings.url("CALENDAR_URL", default: settings.string("ONCALL_URL", default: "http://127.0.0.1:8003"))
        internalSecret = try settings.secret("INTERNAL_SECRET")
        retention = try settings.retention(.onCall)
        deadRetention = try settings.retention(.deadMessages)
        let hasKey = try settings.optionalSecret("SECRETS_KEY") != nil
        keys =
            hasKey
            ? SealingKeyRing(current: try settings.secret("SECRETS_KEY"), previous: try settings.secrets("SECRETS_KEY_PREVIOUS")) : nil
        guard let allow = EgressAllowList(settings.list("EGRESS_ALLOW")) else {
            throw ConfigurationError("EGRESS_ALLOW", "must be a list of host:port")
        }
        let ownHost = settings.optionalString("PUBLIC_URL").flatMap { URL(string: $0)?.host() }
        egress = EgressGuard(allow: allow, refusedHosts: Set([ownHost].compactMap(\.self)))
    }
}
