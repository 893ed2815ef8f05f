import Foundation
import Postgres
import ServiceKit
import TestSupport
import Testing
import WorkQueue

@Suite struct SignalBusTests {
    /// Longer than anything here takes; a bell that stays silent fails the test instead of hanging it.
    static let patience: Duration = .seconds(20)

    @Test func localBusRingsTheBellOfItsChannelOnly() {
        let bus = LocalSignalBus()
        let (mine, other) = (bus.bell("a"), bus.bell("b"))
        bus.ring("a")
        #expect(mine.rings == 1)
        #expect(other.rings == 0)
        #expect(bus.bell("a") === mine)
    }

    @Test func ringIsHeardAtOnceHereAndSoonInAnotherProcess() async throws {
        try await QueueFixture.run { queue in
            let other = queue.server.database(schema: "incident")
            try await Self.withBuses([queue.database, other], queue) { buses in
                let (near, far) = (buses[0].bell("a"), buses[1].bell("a"))
                let silent = buses[1].bell("b")
                await near.wait(after: 0, upTo: Self.patience)
                await far.wait(after: 0, upTo: Self.patience)
                await silent.wait(after: 0, upTo: Self.patience)
                let (nearBefore, farBefore, silentBefore) = (near.rings, far.rings, silent.rings)
                buses[0].ring("a")
                #expect(near.rings == nearBefore + 1)
                await far.wait(after: farBefore, upTo: Self.patience)
                #expect(far.rings > farBefore)
                #expect(silent.rings == silentBefore)
            }
        }
    }

    @Test func lostListenerRingsEveryBellOnceItListensAgain() async throws {
        try await QueueFixture.run { queue in
            try await Self.withBuses([queue.database], queue) { buses in
                let bells = [buses[0].bell("a"), buses[0].bell("b")]
                for bell in bells { await bell.wait(after: 0, upTo: Self.patience) }
                let before = bells.map(\.rings)
                try await queue.database.api.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'")
                for (bell, rings) in zip(bells, before) {
                    await bell.wait(after: rings, upTo: Self.patience)
                    #expect(bell.rings > rings)
                }
            }
        }
    }

    @Test func ringDoesNotComeBackToWhoRangIt() async throws {
        try await QueueFixture.run { queue in
            let other = queue.server.database(schema: "incident")
            try await Self.withBuses([queue.database, other], queue) { buses in
                let (near, far) = (buses[0].bell("a"), buses[1].bell("a"))
                await near.wait(after: 0, upTo: Self.patience)
                await far.wait(after: 0, upTo: Self.patience)
                // The first tells the bus which backend is its own.
                for _ in 1...2 {
                    let heard = far.rings
                    buses[0].ring("a")
                    await far.wait(after: heard, upTo: Self.patience)
                }
                let (before, heard) = (near.rings, far.rings)
                buses[0].ring("a")
                await far.wait(after: heard, upTo: Self.patience)
                buses[1].ring("a")
                await near.wait(after: before + 1, upTo: Self.patience)
                #expect(near.rings == before + 2, "its own ring here, and the other's")
            }
        }
    }

    /// The others are needed only where the worker here has not done all by the time they would hear.
    @Test(arguments: [true, false])
    func ringThatWasAnsweredHereIsNotHeardElsewhere(hasDoneAll: Bool) async throws {
        try await QueueFixture.run { queue in
            let other = queue.server.database(schema: "incident")
            try await Self.withBuses([queue.database, other], queue) { buses in
                let far = [buses[1].bell("a"), buses[1].bell("b")]
                for bell in [buses[0].bell("a"), buses[0].bell("b")] + far { await bell.wait(after: 0, upTo: Self.patience) }
                let before = far.map(\.rings)
                let near = buses[0].bell("a")
                let heard = near.rings
                // As a worker that has heard the ring already.
                async let worker: Void = near.wait(after: heard + 1, upTo: Self.patience, hasDoneAll: hasDoneAll)
                try await eventually("the worker waits") { !hasDoneAll || near.isAwaited }
                buses[0].ring("a")
                // Nobody waits for this one here; it goes out with the first, if that does.
                buses[0].ring("b")
                await far[1].wait(after: before[1], upTo: Self.patience)
                // Two channels come one after the other, in any order; by the next ring both are there.
                buses[0].ring("b")
                await far[1].wait(after: before[1] + 1, upTo: Self.patience)
                #expect(far[1].rings == before[1] + 2 && far[0].rings == before[0] + (hasDoneAll ? 0 : 1))
                near.ring()
                await worker
            }
        }
    }

    /// Runs a bus on each database, with bells `a` and `b`, while `body` runs.
    private static func withBuses(
        _ databases: [PostgresDatabase], _ queue: QueueFixture, _ body: ([SharedSignalBus<PostgresSignals>]) async throws -> Void
    ) async throws {
        let buses = databases.map { SharedSignalBus(PostgresSignals($0, schema: "incident", logger: queue.logger), logger: queue.logger) }
        for bus in buses { _ = (bus.bell("a"), bus.bell("b")) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for bus in buses { group.addTask { try await bus.run() } }
            try await body(buses)
            group.cancelAll()
        }
    }
}

@Suite struct NotifyDebounceTests {
    @Test func ringsOfAnIntervalAreSentTogetherAtItsEnd() {
        var debounce = NotifyDebounce()
        #expect(debounce.next(at: .zero) == .rest)
        debounce.ring("a")
        #expect(debounce.next(at: .milliseconds(3)) == .wait(.milliseconds(20)))
        debounce.ring("b")
        debounce.ring("a")
        #expect(debounce.next(at: .milliseconds(8)) == .wait(.milliseconds(15)))
        #expect(debounce.next(at: .milliseconds(23)) == .send(["a", "b"]))
        #expect(debounce.next(at: .milliseconds(24)) == .rest)
        debounce.ring("a")
        #expect(debounce.next(at: .milliseconds(30)) == .wait(.milliseconds(20)))
    }

    @Test func aThousandRingsInASecondAreAtMostFiftyNotifications() {
        var debounce = NotifyDebounce()
        var sent = 0
        for millisecond in 0..<1_000 {
            debounce.ring("a")
            if case .send = debounce.next(at: .milliseconds(millisecond)) { sent += 1 }
        }
        #expect(sent == 47, "every 21st millisecond: the ring that is looked at, and 20 more")
    }
}
