import Auth
import Foundation
import Logging
import PrometheusMetrics
import Redis
import ServiceKit
import TestSupport
import Testing

/// Against a real redis-server that is killed, emptied and frozen.
@Suite struct RedisClientTests {
    private struct Rig {
        let server: RedisServer
        let client: RedisClient
        let metrics: PrometheusMetricsFactory
        let log: LogRecorder

        func health() async -> HealthStatus { await HealthCheck.redis(client).run() }
    }

    /// What the machine adds to a deadline while other tests run beside.
    private static let slack: Duration = .seconds(15)

    /// - Parameter limit: Far beyond what a busy machine takes, where the limit is not the subject.
    private static func run(
        limit: Duration = .seconds(10), url: ((RedisServer) -> String)? = nil, _ body: (Rig) async throws -> Void
    ) async throws {
        try await withRedis { server in
            let metrics = PrometheusMetricsFactory()
            let log = LogRecorder()
            let configuration = try RedisConfiguration(url: url?(server) ?? server.url)
            let client = RedisClient(configuration, limit: limit, metrics: metrics, logger: log.logger)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await client.run() }
                defer { group.cancelAll() }
                try await body(Rig(server: server, client: client, metrics: metrics, log: log))
            }
        }
    }

    @Test func valueIsKeptForItsLifetimeAndNoLonger() async throws {
        try await Self.run { rig in
            try await eventually("connected") { rig.client.isUp }
            #expect(try await rig.client.value(of: "k") == nil)
            let value = Data([0, 13, 10, 255]) + Data("größer".utf8)
            try await rig.client.keep(value, for: "k", lifetime: .seconds(3600))
            #expect(try await rig.client.value(of: "k") == value)
            #expect((3500...3600).contains(Int(try await rig.server.command("TTL", "k")) ?? 0))
            try await rig.server.command("FLUSHALL")
            #expect(try await rig.client.value(of: "k") == nil)
            #expect(await rig.health() == .ok)
            let text = await rig.metrics.exposition(.text)
            #expect(text.contains(#"tocsin_redis_up{link="commands"} 1"#))
            #expect(text.contains(#"tocsin_redis_commands_total{command="set",result="ok"} 1"#))
        }
    }

    @Test func valueBeyondTheLimitIsNotSent() async throws {
        try await Self.run { rig in
            try await eventually("connected") { rig.client.isUp }
            await #expect(throws: RedisError.tooLong) {
                try await rig.client.keep(Data(count: RedisLimits.longestValue + 1), for: "k", lifetime: .seconds(1))
            }
            try await rig.client.keep(Data(count: RedisLimits.longestValue), for: "k", lifetime: .seconds(10))
            #expect(try await rig.client.value(of: "k")?.count == RedisLimits.longestValue)
        }
    }

    @Test func deadServerCostsNothingAndIsFoundAgainWhenItIsBack() async throws {
        try await Self.run(limit: RedisLimits.command) { rig in
            try await eventually("connected") { rig.client.isUp }
            rig.server.kill()
            try await eventually("degraded") { !rig.client.isUp }
            let start = ContinuousClock.now
            for _ in 0..<500 { _ = try? await rig.client.value(of: "k") }
            #expect(ContinuousClock.now - start < RedisLimits.command * 250)
            if case .degraded = await rig.health() {} else { Issue.record("not degraded") }
            try await rig.server.restart()
            try await eventually("connected again") { rig.client.isUp }
            #expect(rig.log.entries.contains { $0.message == "redis is back" })
        }
    }

    @Test func frozenServerSlowsAllWhoAskByTheLimitAtMostAndThenNobody() async throws {
        try await Self.run(limit: RedisLimits.command) { rig in
            try await eventually("connected") { rig.client.isUp }
            rig.server.freeze()
            let waits = await withTaskGroup(of: Duration.self) { group in
                for _ in 0..<200 {
                    group.addTask {
                        let start = ContinuousClock.now
                        _ = try? await rig.client.value(of: "k")
                        return ContinuousClock.now - start
                    }
                }
                return await group.reduce(into: [Duration]()) { $0.append($1) }
            }
            #expect(waits.allSatisfy { $0 < RedisLimits.command + Self.slack }, "\(waits)")
            try await eventually("degraded") { !rig.client.isUp }
            await #expect(throws: RedisError.notConnected) { try await rig.client.value(of: "k") }
            rig.server.thaw()
            try await eventually("connected again") { rig.client.isUp }
        }
    }

    @Test func frozenServerIsNoticedAlsoWhenNobodyAsks() async throws {
        try await Self.run(limit: RedisLimits.command) { rig in
            try await eventually("connected") { rig.client.isUp }
            rig.server.freeze()
            try await eventually("degraded", within: .seconds(10)) { !rig.client.isUp }
        }
    }

    @Test func wrongPasswordIsToldWithoutIt() async throws {
        try await Self.run(url: { "redis://:not-the-password@127.0.0.1:\($0.port)" }) { rig in
            try await eventually("told") { rig.log.entries.contains { $0.message == "redis is away" } }
            #expect(!rig.client.isUp)
            let told = rig.log.entries.map { "\($0)" }.joined()
            #expect(told.contains("WRONGPASS"))
            #expect(!told.contains("not-the-password"))
        }
    }

    @Test func databaseNumberIsTheURLs() async throws {
        try await Self.run(url: { $0.url.dropLast() + "5" }) { rig in
            try await eventually("connected") { rig.client.isUp }
            try await rig.client.keep(Data("v".utf8), for: "k", lifetime: .seconds(10))
            #expect(try await rig.server.command("-n", "5", "GET", "k") == "v")
            #expect(try await rig.server.command("GET", "k") == "")
        }
    }
}
