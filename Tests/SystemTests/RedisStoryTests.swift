import Contracts
import Foundation
import TestSupport
import Testing

extension Stories {
    /// The key stories once more, with Redis; `TOCSIN_TEST_REDIS=true` tells all of them that way.
    @Suite struct RedisStoryTests {
        @Test func pageIsDeliveredAndAcknowledgedAndEveryReplicaShowsItAtOnce() async throws {
            try await TocsinSystem.run(redis: true) { tocsin in
                try await tocsin.redisIs("ok")
                try await tocsin.schedule("payments", primary: "alice", secondary: "bob")
                let accepted = try await tocsin.alert("checkout", team: "payments")
                let id = try #require(accepted["incident_id"]?.string)
                try await tocsin.settle()
                #expect(try tocsin.mailed() == ["alice@example.org"])
                #expect(try await tocsin.statuses() == ["open", "open"])
                #expect(try await tocsin.act("acknowledge", on: id).status == 200)
                #expect(try await tocsin.statuses() == ["acknowledged", "acknowledged"])
                try await tocsin.advance(minutes: 60)
                #expect(try tocsin.mailed() == ["alice@example.org"])
            }
        }

        @Test func redisDiesOnTheWayAndThePageIsDelivered() async throws {
            try await TocsinSystem.run(redis: true) { tocsin in
                let redis = try #require(tocsin.redis)
                try await tocsin.redisIs("ok")
                try await tocsin.schedule("payments", primary: "alice", secondary: "bob")
                #expect(try await tocsin.statuses() == [])
                try await tocsin.alert("checkout", team: "payments")
                redis.kill()
                try await tocsin.settle()
                #expect(try tocsin.mailed() == ["alice@example.org"])
                #expect(try await tocsin.statuses() == ["open", "open"])
                try await tocsin.redisIs("degraded")
                try await tocsin.advance(minutes: 5)
                #expect(try tocsin.mailed() == ["alice@example.org", "bob@example.org"])

                try await redis.restart()
                try await tocsin.redisIs("ok")
                #expect(try await tocsin.act("resolve", on: "1").status == 200)
                #expect(try await tocsin.statuses() == ["resolved", "resolved"])
            }
        }

        @Test func frozenRedisDelaysNoAnswerForLongAndNoPageAtAll() async throws {
            try await TocsinSystem.run(redis: true) { tocsin in
                let redis = try #require(tocsin.redis)
                try await tocsin.redisIs("ok")
                try await tocsin.schedule("payments", primary: "alice", secondary: "bob")
                try await tocsin.alert("checkout", team: "payments")
                try await tocsin.settle()
                #expect(try await tocsin.statuses() == ["open", "open"])
                redis.freeze()
                #expect(try await tocsin.act("acknowledge", on: "1").status == 200)
                #expect(try await tocsin.statuses() == ["acknowledged", "acknowledged"])
                try await tocsin.redisIs("degraded")
                redis.thaw()
                try await tocsin.redisIs("ok")
                #expect(try await tocsin.statuses() == ["acknowledged", "acknowledged"])
            }
        }
    }
}

extension TocsinSystem {
    /// Waits until the daemons that use Redis say so of it; readiness never depends on it.
    fileprivate func redisIs(_ status: String) async throws {
        for peer in [Peer.incidentManagement, .alertIngestion, .notification] {
            try await eventually("\(peer) says \(status) of redis") {
                try await send("GET", peer, "/health").json["checks"]?["redis"]?["status"]?.string == status
            }
            #expect(try await send("GET", peer, "/readyz").status == 200)
        }
    }

    /// The first incident's status in the list, asked twice: the second answer may come from a cache.
    fileprivate func statuses() async throws -> [String] {
        var statuses: [String] = []
        for _ in 0..<2 {
            let incidents = try await send("GET", .incidentManagement, "/api/v1/incidents", bearer: token).json.array ?? []
            statuses += incidents.compactMap { $0["status"]?.string }
        }
        return statuses
    }
}
