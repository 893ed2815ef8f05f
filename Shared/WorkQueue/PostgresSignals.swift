package import Logging
package import Postgres
import Synchronization

/// Rings over NOTIFY: empty payload, sent on the pool's doorbell connection and never inside a business transaction (reliability QUE-6, §0.1).
///
/// A channel `escalation` of schema `incident` is `incident.escalation` in PostgreSQL, at most 63 bytes.
package final class PostgresSignals: SignalTransport {
    private let database: PostgresDatabase
    private let prefix: String
    private let logger: Logger
    /// The backend that notified for this process last; 0 before the first ring. After a reconnect one ring may come back, a tick too many.
    private let ownBackend = Atomic<Int32>(0)

    package init(_ database: PostgresDatabase, schema: String, logger: Logger) {
        self.database = database
        self.logger = logger
        prefix = "\(schema)."
    }

    package func listen(to channels: [String], onSignal: @escaping @Sendable (TransportedSignal) -> Void) async throws {
        let listener = PostgresListener(
            database, channels: channels.map { prefix + $0 }, logger: logger,
            isOwn: { [self] in $0 == ownBackend.load(ordering: .relaxed) },
            onSignal: { [prefix] signal in
                switch signal {
                case .scan: onSignal(.scan)
                case .notified(let channel, _): onSignal(.rung(channel: String(channel.dropFirst(prefix.count))))
                }
            })
        try await listener.run()
    }

    package func send(_ channels: Set<String>) async throws {
        let backend = try await database.doorbell.query(
            "SELECT pg_backend_pid() AS backend, pg_notify(channel, '') FROM unnest(\(channels.map { prefix + $0 })::text[]) AS channel"
        ).first?("backend", as: Int32.self)
        if let backend { ownBackend.store(backend, ordering: .relaxed) }
    }
}
