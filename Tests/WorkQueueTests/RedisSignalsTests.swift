import Foundation
import Logging
import PrometheusMetrics
import Redis
import ServiceKit
import TestSupport
import Testing
import WorkQueue

@Suite struct RedisSignalsTests {
    private static let patience = SignalBusTests.patience

    @Test func ringIsHeardAtOnceHereAndSoonInAnotherReplica() async throws {
        try await Self.withBuses(2) { buses, _ in
            let (near, far, silent) = (buses[0].bell("a"), buses[1].bell("a"), buses[1].bell("b"))
            try await Self.untilHeard(near, far, silent)
            let (nearBefore, farBefore, silentBefore) = (near.rings, far.rings, silent.rings)
            buses[0].ring("a")
            #expect(near.rings > nearBefore)
            await far.wait(after: farBefore, upTo: Self.patience)
            #expect(far.rings > farBefore)
            #expect(silent.rings == silentBefore)
        }
    }

    @Test func serverThatIsBackRingsEveryBellSinceRingsWereMissed() async throws {
        try await Self.withBuses(1) { buses, server in
            let bells = [buses[0].bell("a"), buses[0].bell("b")]
            try await Self.untilHeard(bells[0], bells[1])
            server.kill()
            let before = bells.map(\.rings)
            try await server.restart()
            for (bell, rings) in zip(bells, before) {
                await bell.wait(after: rings, upTo: Self.patience)
                #expect(bell.rings > rings)
            }
        }
    }

    @Test func frozenServerHoldsUpNoRing() async throws {
        try await Self.withBuses(1) { buses, server in
            let bell = buses[0].bell("a")
            try await Self.untilHeard(bell)
            server.freeze()
            let before = bell.rings
            let start = ContinuousClock.now
            for _ in 0..<1000 { buses[0].ring("a") }
            #expect(ContinuousClock.now - start < .seconds(10))
            #expect(bell.rings >= before + 1000)
        }
    }

    /// Every bell rings once when its subscription is in force.
    private static func untilHeard(_ bells: Doorbell...) async throws {
        for bell in bells {
            await bell.wait(after: 0, upTo: patience)
            try #require(bell.rings > 0)
        }
    }

    /// Runs buses with bells `a` and `b`, each with a client of its own like another process, while `body` runs.
    private static func withBuses(_ count: Int, _ body: ([SharedSignalBus<RedisSignals>], RedisServer) async throws -> Void) async throws {
        try await withRedis { server in
            let clients = try (0..<count).map { _ in
                RedisClient(
                    try RedisConfiguration(url: server.url), limit: .seconds(10), metrics: PrometheusMetricsFactory(), logger: .quiet)
            }
            let buses = clients.map { SharedSignalBus(RedisSignals($0, schema: "incident"), logger: .quiet) }
            for bus in buses { _ = (bus.bell("a"), bus.bell("b")) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in clients { group.addTask { try await client.run() } }
                for bus in buses { group.addTask { try await bus.run() } }
                defer { group.cancelAll() }
                try await eventually("connected") { clients.allSatisfy(\.isUp) }
                try await body(buses, server)
            }
        }
    }
}
