import Auth
import Contracts
import Foundation
import Postgres
import ServiceClients
import ServiceKit
import WorkQueue

/// What Notification is told, beside the keys every daemon has (`HOST`, `PORT`, `DATABASE_URL` …, `INTERNAL_SECRET`, `LOG_LEVEL` …).
///
/// * `INCIDENTS_URL` — IncidentManagement; default `http://127.0.0.1:8002`.
/// * `SECRETS_KEY` (or `SECRETS_KEY_FILE`) — what signing secrets in the database are encrypted under, at least 32 bytes.
/// * `SECRETS_KEY_PREVIOUS` (or `SECRETS_KEY_PREVIOUS_FILE`) — keys that are only read, between commas, until everything is under the first.
/// * `NOTIFICATION_RETENTION_DAYS`, `DEAD_MESSAGE_RETENTION_DAYS` — see `Retained`.
/// * `SMTP_URL` (or `SMTP_URL_FILE`) — `smtp://user:password@host:port?starttls=required|off` or `smtps://…`; without it there is no e-mail.
/// * `SMTP_CA_FILE` — a PEM file of authorities to trust instead of the system's.
/// * `SMTP_CONNECTIONS` — mails under way at a time, 1 to 32; default 8.
/// * `MAIL_FROM` — the sender, `Tocsin <tocsin@example.org>`; default `Tocsin <tocsin@localhost>`. Its domain makes the message ids.
/// * `EGRESS_ALLOW` — `host:port,…` that webhooks may reach although they are private or plain http; default none.
/// * `PUBLIC_URL` — our own address, which webhooks must not call.
/// * `SIMULATE_UNCONFIGURED_CHANNELS` — a channel without a provider writes to the log and counts as sent; default false.
struct NotificationConfiguration {
    let postgres: PostgresConfiguration
    let internalSecret: Secret
    let incidents: URL
    let keys: SealingKeyRing
    let retention: TimeInterval?
    let deadRetention: TimeInterval?
    let mail: (server: SMTPServer, sender: MailSender)?
    let mailConnections: Int
    let egress: EgressGuard
    let simulates: Bool

    init(_ settings: Settings) throws {
        postgres = try PostgresConfiguration(settings: settings, schema: NotificationMigrations.schema)
        internalSecret = try settings.secret("INTERNAL_SECRET")
        incidents = try settings.url("INCIDENTS_URL", default: "http://127.0.0.1:\(Peer.incidentManagement.defaultPort)")
        keys = SealingKeyRing(
            current: try settings.secret("SECRETS_KEY"), previous: try settings.secrets("SECRETS_KEY_PREVIOUS"))
        retention = try settings.retention(.notifications)
        deadRetention = try settings.retention(.deadMessages)
        mail = try Self.mail(settings)
        mailConnections = try settings.integer("SMTP_CONNECTIONS", default: 8, 1...32)
        guard let allow = EgressAllowList(settings.list("EGRESS_ALLOW")) else {
            throw ConfigurationError("EGRESS_ALLOW", "must be a list of host:port")
        }
        let ownHost = settings.optionalString("PUBLIC_URL").flatMap { URL(string: $0)?.host() }
        egress = EgressGuard(allow: allow, refusedHosts: Set(ownHost.map { [$0] } ?? []))
        simulates = try settings.flag("SIMULATE_UNCONFIGURED_CHANNELS", default: false)
    }

    private static func mail(_ settings: Settings) throws -> (SMTPServer, MailSender)? {
        guard let url = try settings.optionalSecret("SMTP_URL") else { return nil }
        guard let sender = MailSender(settings.string("MAIL_FROM", default: "Tocsin <tocsin@localhost>")) else {
            throw ConfigurationError("MAIL_FROM", "must be an e-mail address")
        }
        let authorities = settings.optionalString("SMTP_CA_FILE")
        // Every mail would fail by it, hours later.
        if let authorities, FileManager.default.contents(atPath: authorities)?.isEmpty != false {
            throw ConfigurationError("SMTP_CA_FILE", "names a file that is empty or cannot be read")
        }
        guard let server = SMTPServer(url.reveal(), greeting: sender.host, authorities: authorities) else {
            throw ConfigurationError("SMTP_URL", "must be smtp://[user:password@]host[:port][?starttls=required|off] or smtps://…")
        }
        return (server, sender)
    }
}
