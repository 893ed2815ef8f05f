package import Logging
package import Postgres
package import ServiceKit
import ServiceLifecycle

/// The bus over NOTIFY: empty payload, sent on the pool's doorbell connection and never inside a business transaction (reliability QUE-6, §0.1).
///
/// A channel `escalation` of schema `incident` is `incident.escalation` in PostgreSQL, at most 63 bytes. Rings are gathered by
/// ``NotifyDebounce``; one that cannot be sent is dropped, since the poll and the listener's scan after a reconnect find the work. NOTIFY comes back to
/// its sender too, so a ring costs this process one tick too many.
///
/// Make the bells before the service runs, as the composition root does: it listens to the channels that have one by then.
package final class PostgresSignalBus: SignalBus, Service {
    private let database: PostgresDatabase
    private let prefix: String
    private let logger: Logger
    private let bells = BellSet()
    private let sender = RingSender()

    package init(_ database: PostgresDatabase, schema: String, logger: Logger) {
        self.database = database
        self.logger = logger
        prefix = "\(schema)."
    }

    package func bell(_ channel: String) -> Doorbell { bells[channel] }

    package func ring(_ channel: String) {
        bells.ring(channel)
        sender.ring(channel)
    }

    package func run() async throws {
        let listener = PostgresListener(database, channels: bells.channels.map { prefix + $0 }, logger: logger) { [bells, prefix] signal in
            switch signal {
            case .scan: bells.ringAll()
            case .notified(let channel, _): bells.ring(String(channel.dropFirst(prefix.count)))
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listener.run() }
            group.addTask { await cancelWhenGracefulShutdown { await self.sender.run { await self.send($0) } } }
            try await group.waitForAll()
        }
    }

    private func send(_ channels: Set<String>) async {
        do {
            try await database.doorbell.execute(
                "SELECT pg_notify(channel, '') FROM unnest(\(channels.map { prefix + $0 })::text[]) AS channel")
        } catch {
            logger.debug("doorbell not heard elsewhere", metadata: ["error.message": "\(error)"])
        }
    }
}
