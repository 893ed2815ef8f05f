package import Logging
package import Postgres

/// Rings over NOTIFY: empty payload, sent on the pool's doorbell connection and never inside a business transaction (reliability QUE-6, §0.1).
///
/// A channel `escalation` of schema `incident` is `incident.escalation` in PostgreSQL, at most 63 bytes.
package struct PostgresSignals: SignalTransport {
    private let database: PostgresDatabase
    private let prefix: String
    private let logger: Logger

    package init(_ database: PostgresDatabase, schema: String, logger: Logger) {
        self.database = database
        self.logger = logger
        prefix = "\(schema)."
    }

    package func listen(to channels: [String], onSignal: @escaping @Sendable (TransportedSignal) -> Void) async throws {
        let listener = PostgresListener(database, channels: channels.map { prefix + $0 }, logger: logger) { [prefix] signal in
            switch signal {
            case .scan: onSignal(.scan)
            case .notified(let channel, _): onSignal(.rung(channel: String(channel.dropFirst(prefix.count))))
            }
        }
        try await listener.run()
    }

    package func send(_ channels: Set<String>) async throws {
        try await database.doorbell.execute(
            "SELECT pg_notify(channel, '') FROM unnest(\(channels.map { prefix + $0 })::text[]) AS channel")
    }
}
