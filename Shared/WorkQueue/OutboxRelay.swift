package import CoreMetrics
package import Foundation
package import Logging
package import Postgres
package import ServiceKit

/// Takes the messages of an ``Outbox`` to their destinations: claims a batch under a lease, delivers it, settles it in bulk.
///
/// At least once and for ever: only `.refused` and a passed `expiresAt` end a message otherwise. One item of an ordering key is in flight at a time,
/// over all replicas. No transaction is open during the network call. A tick serves all its destinations concurrently and lasts as long as the
/// slowest, therefore give each destination a relay and a loop of its own with ``each(of:outbox:database:clock:worker:metrics:logger:)``:
///
///     for relay in OutboxRelay.each(of: [alerts, notifications], outbox: outbox, database: database.workers, …) {
///         loops.append(WorkerLoop(relay, bell: bus.bell(relay.channel), every: .seconds(1), …))
///     }
package struct OutboxRelay: Worker {
    /// Destinations of one relay, and with it the statements it runs at the same time.
    package static let destinationLimit = 8

    package let name: String
    private let lanes: [OutboxLane]
    private let clock: any Clock

    /// - Parameters:
    ///   - destinations: at most ``destinationLimit``; the rest is not served.
    ///   - clock: asked for the time after a delivery, which may have taken seconds.
    ///   - worker: names this process in the rows it holds.
    ///   - chance: the jitter, a number from 0 to 1.
    package init(
        name: String = "outbox-relay", outbox: Outbox, database: PostgresLane, destinations: [any OutboxDestination], clock: any Clock,
        worker: String, backOff: BackOff = .pages, lease: Duration = Lease.usual, metrics: any MetricsFactory, logger: Logger,
        chance: @escaping @Sendable () -> Double = { Double.random(in: 0...1) }
    ) {
        self.name = name
        self.clock = clock
        lanes = destinations.prefix(Self.destinationLimit).map { destination in
            OutboxLane(
                destination: destination, outbox: outbox, database: database, worker: worker, backOff: backOff, lease: lease,
                metrics: metrics, logger: logger, chance: chance)
        }
    }

    /// A relay for each destination, named `outbox-<destination>`.
    package static func each(
        of destinations: [any OutboxDestination], outbox: Outbox, database: PostgresLane, clock: any Clock, worker: String,
        backOff: BackOff = .pages, metrics: any MetricsFactory, logger: Logger
    ) -> [OutboxRelay] {
        destinations.map { destination in
            OutboxRelay(
                name: "outbox-\(destination.name)", outbox: outbox, database: database, destinations: [destination], clock: clock,
                worker: worker, backOff: backOff, metrics: metrics, logger: logger)
        }
    }

    /// The doorbell channel of the (first) destination.
    package var channel: String {
        Outbox.channel(lanes.first?.destination.name ?? "")
    }

    /// One batch for each destination that is not being left alone; a failure of one does not interrupt the others and is thrown in the end.
    package func tick(now: Date) async throws -> TickReport {
        let results = await withTaskGroup(of: Result<TickReport, any Error>.self) { group in
            for lane in lanes {
                group.addTask {
                    do { return .success(try await lane.relay(now: now, clock: clock)) } catch { return .failure(error) }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var total = TickReport(handled: 0)
        for result in results {
            let report = try result.get()
            total.handled += report.handled
            total.more = total.more || report.more
            total.soon = total.soon || report.soon
            total.rests = total.rests || report.rests
        }
        return total
    }

    package func idles(at now: Date) {
        for lane in lanes { lane.idles(at: now) }
    }

    package func ends() async {
        for lane in lanes { await lane.ends() }
    }
}
