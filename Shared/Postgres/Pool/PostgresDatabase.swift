package import CoreMetrics
package import Foundation
package import Logging
import ServiceLifecycle

/// The process's connections to PostgreSQL, in lanes by purpose; nothing connects before it is needed.
///
/// Run it as a service: ``run()`` makes the connections that the lanes ask for. Put it first in the service group, so that it stops last.
package final class PostgresDatabase: Service, Sendable {
    /// Accepting alerts.
    package let ingest: PostgresLane
    /// Requests of people and daemons.
    package let api: PostgresLane
    /// Timers, relays, deliveries.
    package let workers: PostgresLane
    /// One connection for NOTIFY and the clock.
    package let doorbell: PostgresLane

    package let configuration: PostgresConfiguration
    let observer: StatementObserver
    let logger: Logger
    private let lanes: [ConnectionLane]
    private let requests: AsyncStream<ConnectionLane>
    private let backoff = ConnectBackoff()

    package init(_ configuration: PostgresConfiguration, metrics: any MetricsFactory, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        let postgresMetrics = PostgresMetrics(metrics)
        let observer = StatementObserver(metrics: postgresMetrics, logger: logger, echoes: configuration.echoesStatements)
        self.observer = observer
        let (requests, continuation) = AsyncStream.makeStream(of: ConnectionLane.self)
        self.requests = requests
        var lanes: [ConnectionLane] = []
        func lane(_ name: String, _ bounds: LaneConfiguration) -> PostgresLane {
            let connections = ConnectionLane(bounds, name: name, gauges: postgresMetrics.gauges(lane: name)) { continuation.yield($0) }
            lanes.append(connections)
            return PostgresLane(connections, observer: observer, deadline: bounds.deadline)
        }
        ingest = lane("ingest", configuration.ingest)
        api = lane("api", configuration.api)
        workers = lane("workers", configuration.workers)
        doorbell = lane("doorbell", configuration.doorbell)
        self.lanes = lanes
    }

    /// Makes connections until the service is stopped or cancelled, then closes them all; waiting callers get ``PostgresError/Kind/closed``.
    package func run() async throws {
        await withDiscardingTaskGroup { group in
            for await lane in requests.cancelOnGracefulShutdown() {
                group.addTask { await self.open(lane) }
            }
            for lane in lanes { lane.close() }
            group.cancelAll()
        }
    }

    /// The server's time, by which the suite lives.
    package func serverTime() async throws -> Date {
        try await doorbell.value(Date.self, "SELECT clock_timestamp()")
    }

    /// Connects for a lane, again and again with a growing pause, for as long as somebody there waits.
    private func open(_ lane: ConnectionLane) async {
        while true {
            let pause = backoff.pause()
            if pause > .zero { try? await Task.sleep(for: pause) }
            guard !Task.isCancelled, lane.keepsOpening() else { return }
            do {
                let connection = try await connect(role: lane.name, deadline: lane.deadline)
                if backoff.succeeded() { logger.info("database reachable again") }
                return lane.opened(connection)
            } catch {
                let failure = error as? PostgresError ?? PostgresError(.unreachable)
                lane.failedToOpen(failure)
                observer.count(failure)
                if backoff.failed() { logger.warning("database unreachable", metadata: ["error.message": "\(failure)"]) }
            }
        }
    }

    /// A connection outside of the lanes, which the caller closes.
    func connect(role: String, deadline: Duration) async throws -> PostgresConnection {
        // Spread, so that connections made together do not all end together.
        let lifetime = configuration.connectionLifetime * Double.random(in: 0.9...1.1)
        let connection = PostgresConnection(
            name: "pg-\(configuration.schema)-\(role)", usesPreparedStatements: configuration.usesPreparedStatements, lifetime: lifetime
        )
        try await connection.connect(ConnectionParameters(configuration, role: role, deadline: deadline))
        return connection
    }
}
