import Foundation
import Hummingbird
import ServiceClients
import Testing

@Suite(.serialized) struct PeerRetryTests {
    @Test func passingErrorsAreTriedAgainAfterARandomPause() async throws {
        try await StubPeer.run { _, number in
            number < 3 ? .json("", .serviceUnavailable) : .json(Ping.answer)
        } _: { peer in
            _ = try await peer.client.post("/x", Ping(incidentID: "a"), as: Ping.self, deadline: .seconds(60), retries: 2)
            #expect(peer.seen.count == 3)
            #expect(peer.seen.allSatisfy { $0.body == #"{"incident_id":"a"}"# })
            let pauses = peer.pauses.all
            #expect(pauses.count == 2)
            #expect(pauses[0] <= .milliseconds(50) && pauses[1] <= .milliseconds(100))
        }
    }

    @Test func triesAreBounded() async throws {
        try await StubPeer.run { _, _ in
            .json("", .serviceUnavailable)
        } _: { peer in
            _ = await failure { try await peer.client.get("/x", as: Ping.self, retries: 1) }
            #expect(peer.seen.count == 2)
            _ = await failure { try await peer.client.get("/x", as: Ping.self) }
            #expect(peer.seen.count == 3)
            _ = await failure {
                try await peer.client.get("/x", as: Ping.self, deadline: .seconds(60), retries: 99)
            }
            #expect(peer.seen.count == 3 + 1 + PeerClient.retryLimit)
        }
    }

    @Test func lastingErrorsAreNotTriedAgain() async throws {
        try await StubPeer.run { _, _ in
            .json("", .unprocessableContent)
        } _: { peer in
            _ = await failure { try await peer.client.get("/x", as: Ping.self, retries: 3) }
            #expect(peer.seen.count == 1)
        }
    }

    @Test func pauseAskedForIsKeptOrTheCallGivenUp() async throws {
        try await StubPeer.run { _, number in
            number == 1 ? .json("", .tooManyRequests, [.retryAfter: "1"]) : .json("", .tooManyRequests, [.retryAfter: "30"])
        } _: { peer in
            let error = await failure {
                try await peer.client.get("/x", as: Ping.self, deadline: .seconds(5), retries: 3)
            }
            #expect(error?.retryAfter == .seconds(30))
            #expect(peer.pauses.all == [.seconds(1)])
            #expect(peer.seen.count == 2)
        }
    }
}
