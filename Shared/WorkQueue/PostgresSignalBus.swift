package import Logging
package import Postgres
package import ServiceKit
import ServiceLifecycle
import Synchronization

/// The bus over NOTIFY: empty payload, sent on the pool's doorbell connection and never inside a business transaction (reliability QUE-6, §0.1).
///
/// A channel `escalation` of schema `incident` is `incident.escalation` in PostgreSQL, at most 63 bytes. Rings are gathered by
/// ``NotifyDebounce``; one that cannot be sent is dropped, since the poll and the listener's scan after a reconnect find the work. NOTIFY comes back to
/// its sender too, so a ring costs this process one tick too many.
///
/// Make the bells before the service runs, as the composition root does: it listens to the channels that have one by then.
package final class PostgresSignalBus: SignalBus, Service {
    /// A look whether anything was rung that the bell did not tell; only a bound for the wait.
    private static let patience: Duration = .seconds(60)

    private let database: PostgresDatabase
    private let prefix: String
    private let logger: Logger
    private let bells = BellSet()
    private let debounce = Mutex(NotifyDebounce())
    private let pending = Doorbell()
    private let start = ContinuousClock.now

    package init(_ database: PostgresDatabase, schema: String, logger: Logger) {
        self.database = database
        self.logger = logger
        prefix = "\(schema)."
    }

    package func bell(_ channel: String) -> Doorbell { bells[channel] }

    package func ring(_ channel: String) {
        bells.ring(channel)
        debounce.withLock { $0.ring(channel) }
        pending.ring()
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
            group.addTask { await cancelWhenGracefulShutdown { await self.notify() } }
            try await group.waitForAll()
        }
    }

    private func notify() async {
        while !Task.isCancelled {
            let heard = pending.rings
            switch debounce.withLock({ $0.next(at: ContinuousClock.now - start) }) {
            case .rest: await pending.wait(after: heard, upTo: Self.patience)
            case .wait(let rest): try? await Task.sleep(for: rest)
            case .send(let channels): await send(channels)
            }
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
