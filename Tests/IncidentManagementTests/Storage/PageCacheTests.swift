import Contracts
import Foundation
import IncidentManagement
import PrometheusMetrics
import Redis
import ServiceKit
import TestSupport
import Testing

@Suite struct LocalPageCacheTests {
    private func page(_ body: String = "[]") throws -> StampedPage {
        try #require(StampedPage(Data("stamp\n\n\(body)".utf8)))
    }

    @Test func pageLastsAnHour() async throws {
        let cache = LocalPageCache()
        await cache.keep(try page(), for: "q", now: .example)
        #expect(await cache.page(for: "q", now: .example + 3599) == (try page()))
        #expect(await cache.page(for: "q", now: .example + 3600) == nil)
        #expect(cache.count == 0)
    }

    @Test func pagesThatNobodyAskedForLatelyMakeRoom() async throws {
        let cache = LocalPageCache()
        for number in 0..<300 {
            await cache.keep(try page(), for: "\(number)", now: .example)
            _ = await cache.page(for: "0", now: .example)
        }
        #expect(cache.count == 256)
        #expect(await cache.page(for: "0", now: .example) != nil)
        #expect(await cache.page(for: "1", now: .example) == nil)
        #expect(await cache.page(for: "299", now: .example) != nil)
    }

    @Test func bytesAreBoundedToo() async throws {
        let cache = LocalPageCache()
        let large = try page("[\(String(repeating: "1", count: 200_000))]")
        for number in 0..<100 { await cache.keep(large, for: "\(number)", now: .example) }
        #expect(cache.count == 16 * 1024 * 1024 / 200_002)
        await cache.keep(try page("[\(String(repeating: "1", count: 300_000))]"), for: "too long", now: .example)
        #expect(await cache.page(for: "too long", now: .example) == nil)
    }
}

@Suite struct StampedPageTests {
    @Test func pageComesBackAsItWas() throws {
        let cursor = ListCursor(createdAt: .example, id: .make(at: .example)).text
        for text in ["abc\n\n[]", "abc\n\(cursor)\n[{\"title\":\"größer\"}]"] {
            let page = try #require(StampedPage(Data(text.utf8)))
            #expect(page.stamp == "abc")
            #expect(page.data == Data(text.utf8))
        }
    }

    @Test(arguments: ["", "abc", "abc\n", "abc\n\n", "abc\nnonsense\n[]", "abc\n\n{}", "abc\n\n[", "abc\n\nOK"])
    func whatIsNoneOfOursIsNoPage(text: String) {
        #expect(StampedPage(Data(text.utf8)) == nil)
    }
}

/// Two replicas share their pages in a real Redis that is emptied, filled with something else, frozen and killed.
@Suite struct RedisPageCacheTests {
    private struct Rig {
        let incidents: IncidentRig
        let server: RedisServer
        let clients: [RedisClient]
        let replicas: [ListReplica]
    }

    /// - Parameter limit: Far beyond what a busy machine takes, where the limit is not the subject.
    private static func run(limit: Duration = .seconds(10), _ body: @Sendable (Rig) async throws -> Void) async throws {
        try await withRedis { server in
            try await IncidentRig.run { incidents in
                let clients = try (0..<2).map { _ in
                    RedisClient(
                        try RedisConfiguration(url: server.url), limit: limit, metrics: PrometheusMetricsFactory(), logger: .quiet)
                }
                let replicas = clients.map { ListReplica(incidents, cache: RedisPageCache($0, edition: "test")) }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for client in clients { group.addTask { try await client.run() } }
                    defer { group.cancelAll() }
                    try await eventually("connected") { clients.allSatisfy(\.isUp) }
                    try await body(Rig(incidents: incidents, server: server, clients: clients, replicas: replicas))
                }
            }
        }
    }

    @Test func pageOfOneReplicaServesTheOther() async throws {
        try await Self.run { rig in
            try await rig.incidents.open(2)
            let first = try await rig.replicas[0].page()
            #expect(try await rig.replicas[1].page() == first)
            #expect(await rig.replicas[1].count("hit") == 1)
            let key = try await rig.server.command("KEYS", "tocsin:incident:list:test:*")
            #expect((3500...3600).contains(Int(try await rig.server.command("TTL", key)) ?? 0))
        }
    }

    @Test func writeOnOneReplicaIsSeenOnTheOther() async throws {
        try await Self.run { rig in
            let id = try await rig.incidents.open(1)[0]
            for replica in rig.replicas { _ = try await replica.page() }
            _ = try await rig.incidents.apply(.acknowledge, to: id, at: .example)
            for replica in rig.replicas { #expect(try await replica.page() == rig.incidents.truth()) }
            // Asked again it comes from the cache, and is the new one.
            for replica in rig.replicas { #expect(try await replica.page().body.contains(#""status":"acknowledged""#)) }
            #expect(await rig.replicas[1].count("hit") == 3)
        }
    }

    @Test func emptiedOrFilledWithOtherThingsItCostsAQueryAndNoTruth() async throws {
        try await Self.run { rig in
            try await rig.incidents.open(1)
            let page = try await rig.replicas[0].page()
            let key = try await rig.server.command("KEYS", "tocsin:incident:list:*")
            try await rig.server.command("FLUSHALL")
            #expect(try await rig.replicas[1].page() == page)
            for value in ["nonsense", "old-stamp\n\n[]", ""] {
                try await rig.server.command("SET", key, value)
                #expect(try await rig.replicas[1].page() == page)
            }
            try await rig.server.command("DEL", key)
            try await rig.server.command("LPUSH", key, "a list")
            #expect(try await rig.replicas[1].page() == page)
            #expect(await rig.replicas[1].count("hit") == 0)
        }
    }

    @Test func killedOnTheWayItIsMissedByNobody() async throws {
        try await Self.run { rig in
            let id = try await rig.incidents.open(1)[0]
            _ = try await rig.replicas[0].page()
            rig.server.kill()
            _ = try await rig.incidents.apply(.acknowledge, to: id, at: .example)
            for replica in rig.replicas { #expect(try await replica.page() == rig.incidents.truth()) }
            try await rig.server.restart()
            try await eventually("connected again") { rig.clients.allSatisfy(\.isUp) }
            for replica in rig.replicas { #expect(try await replica.page() == rig.incidents.truth()) }
            #expect(await rig.replicas[1].count("hit") == 1)
        }
    }

    /// A page from before the write is still in the frozen server, and comes out of it after.
    @Test func frozenOverAWriteItServesNothingOfBefore() async throws {
        try await Self.run(limit: RedisLimits.command) { rig in
            let id = try await rig.incidents.open(1)[0]
            _ = try await rig.replicas[0].page()
            rig.server.freeze()
            _ = try await rig.incidents.apply(.acknowledge, to: id, at: .example)
            for replica in rig.replicas {
                let start = ContinuousClock.now
                let page = try await replica.page()
                // Look-up and keeping may each wait that long, and the database has its share.
                #expect(ContinuousClock.now - start < RedisLimits.command * 2 + .seconds(2))
                #expect(try await page == rig.incidents.truth())
            }
            rig.server.thaw()
            try await eventually("connected again") { rig.clients.allSatisfy(\.isUp) }
            for replica in rig.replicas { #expect(try await replica.page() == rig.incidents.truth()) }
        }
    }
}
