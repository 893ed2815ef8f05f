import Auth
import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceClients
import ServiceKit
import TestSupport
import Testing

@Suite(.serialized) struct PeerClientTests {
    @Test func callCarriesTokenTraceAndKey() async throws {
        try await StubPeer.run { _, _ in
            .json(Ping.answer)
        } _: { peer in
            let trace = TraceContext.make()
            let answer = try await TraceContext.$current.withValue(trace) {
                try await peer.client.post("/internal/v1/x", Ping(incidentID: "a"), as: Ping.self, idempotencyKey: "key-1")
            }
            #expect(answer == Ping(incidentID: "x"))
            let seen = try #require(peer.seen.first)
            #expect(seen.method == "POST")
            #expect(seen.path == "/internal/v1/x")
            #expect(seen.body == #"{"incident_id":"a"}"#)
            #expect(seen.headers["content-type"] == "application/json")
            #expect(seen.headers["accept"] == "application/json")
            #expect(seen.headers["idempotency-key"] == "key-1")
            #expect(seen.headers["x-request-id"] == trace.requestID)
            #expect(seen.headers["traceparent"] == trace.traceparent)
            #expect(seen.headers["user-agent"] == "tocsin/alert-ingestion")
            let token = try #require(seen.headers["authorization"]).dropFirst("Bearer ".count)
            let tokens = InternalTokens(secret: StubPeer.secret, clock: { StubPeer.now })
            #expect(tokens.verify(String(token), audience: .incidentManagement) == .alertIngestion)
        }
    }

    @Test func aRequestPassedOnSaysForWhomUnderOurOwnToken() async throws {
        try await StubPeer.run { _, _ in
            .json(Ping.answer)
        } _: { peer in
            try await ClientAddress.$current.withValue("203.0.113.9") {
                _ = try await peer.client.send(PeerRequest("GET", "/x", bearer: "theirs"))
                _ = try await peer.client.get("/x", as: Ping.self)
            }
            _ = try await peer.client.send(PeerRequest("GET", "/x", bearer: "theirs"))
            let (passed, own, without) = (peer.seen[0].headers, peer.seen[1].headers, peer.seen[2].headers)
            #expect(passed["authorization"] == "Bearer theirs" && passed["x-tocsin-client"] == "203.0.113.9")
            let tokens = InternalTokens(secret: StubPeer.secret, clock: { StubPeer.now })
            #expect(tokens.verify(try #require(passed["x-tocsin-peer"]), audience: .incidentManagement) == .alertIngestion)
            for headers in [own, without] { #expect(headers["x-tocsin-client"] == nil && headers["x-tocsin-peer"] == nil) }
        }
    }

    @Test func tokenIsUsedAgainUntilShortlyBeforeItEnds() async throws {
        let time = ManualTime(StubPeer.now)
        try await StubPeer.run(time: time) { _, _ in
            .json(Ping.answer)
        } _: { peer in
            for _ in 0..<3 {
                _ = try await peer.client.get("/x", as: Ping.self)
                time.advance(by: 24)
            }
            let tokens = peer.seen.compactMap { $0.headers["authorization"] }
            #expect(tokens.count == 3)
            #expect(tokens[0] == tokens[1] && tokens[1] == tokens[2])
            time.advance(by: 3)
            _ = try await peer.client.get("/x", as: Ping.self)
            #expect(peer.seen.last?.headers["authorization"] != tokens[0])
        }
    }

    static let statuses: [(Int, Bool)] = [
        (300, false), (302, false), (304, false), (400, false), (401, false), (403, false), (404, false), (408, true), (409, false),
        (410, false), (413, false), (422, false), (425, true), (429, true), (500, true), (501, false), (502, true), (503, true),
        (504, true),
        (599, true),
    ]

    @Test(arguments: statuses) func statusDecidesWhetherATryMayHelp(status: Int, isRetryable: Bool) async throws {
        try await StubPeer.run { _, _ in
            .json(Ping.answer, .init(code: status))
        } _: { peer in
            let error = await failure { try await peer.client.get("/x", as: Ping.self) }
            #expect(error?.reason == .refused(status: status))
            #expect(error?.isRetryable == isRetryable)
        }
    }

    @Test func refusalTellsWhenAndWhy() async throws {
        let problem = #"{"type":"about:blank","title":"x","status":503,"code":"pool_timeout","detail":"canary"}"#
        try await StubPeer.run { _, _ in
            .json(problem, .serviceUnavailable, [.retryAfter: "7", .contentType: "application/problem+json"])
        } _: { peer in
            let error = await failure { try await peer.client.get("/x", as: Ping.self) }
            #expect(error == ClientError(.refused(status: 503), retryAfter: .seconds(7), code: "pool_timeout"))
            #expect(error.map { "\($0)" } == "call failed: refused 503")
        }
    }

    @Test(arguments: [("-1", nil), ("soon", nil), ("", nil), ("0", .zero), ("999999999", .seconds(3600))] as [(String, Duration?)])
    func retryAfterIsBelievedWithinReason(header: String, pause: Duration?) async throws {
        try await StubPeer.run { _, _ in
            .json("{}", .tooManyRequests, [.retryAfter: header])
        } _: { peer in
            let error = await failure { try await peer.client.get("/x", as: Ping.self) }
            #expect(error?.retryAfter == pause)
        }
    }

    @Test(arguments: ["", "<html>Bad gateway</html>", "{}", "null", "[]", #"{"incident_id":1}"#, #"{"incident_id":"x""#, "\u{0}\u{1}"])
    func garbageIsABadAnswer(body: String) async throws {
        try await StubPeer.run { _, _ in
            .json(body)
        } _: { peer in
            let error = await failure { try await peer.client.get("/x", as: Ping.self) }
            #expect(error?.reason == .badAnswer)
            #expect(error?.isRetryable == true)
        }
    }

    @Test func refusedConnectionIsUnreachableAtOnce() async throws {
        let peer = try StubPeer(port: RawServer.freePort())
        let error = await failure { try await peer.client.get("/x", as: Ping.self) }
        #expect(error?.reason == .unreachable)
        #expect(error?.isRetryable == true)
        await peer.transport.shutdown()
    }

    @Test(.timeLimit(.minutes(5))) func silenceEndsWithTheDeadline() async throws {
        let server = try RawServer { _ in }
        let peer = try StubPeer(port: server.port)
        let error = await failure { try await peer.client.get("/x", as: Ping.self, deadline: .milliseconds(100)) }
        #expect(error?.reason == .timeout)
        #expect(error?.isRetryable == true)
        await peer.transport.shutdown()
    }

    @Test(.timeLimit(.minutes(5))) func bodyThatNeverEndsEndsWithTheDeadline() async throws {
        let server = try RawServer { $0.answer("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{") }
        let peer = try StubPeer(port: server.port)
        let start = ContinuousClock.now
        let error = await failure { try await peer.client.get("/x", as: Ping.self, deadline: .milliseconds(100)) }
        #expect(error?.reason == .timeout)
        #expect(ContinuousClock.now - start < .seconds(30))
        await peer.transport.shutdown()
    }

    @Test func brokenOffAnswerIsUnreachable() async throws {
        let server = try RawServer { connection in
            connection.answer("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")
            connection.close()
        }
        let peer = try StubPeer(port: server.port)
        let error = await failure { try await peer.client.get("/x", as: Ping.self) }
        #expect(error?.isRetryable == true)
        await peer.transport.shutdown()
    }

    @Test func answerBeyondTheCapIsRefused() async throws {
        let body = String(repeating: "x", count: 4 * 1024 * 1024 + 1)
        try await StubPeer.run { _, _ in
            .json(body)
        } _: { peer in
            let error = await failure { try await peer.client.send(PeerRequest("GET", "/x")) }
            #expect(error?.reason == .answerTooLarge)
            #expect(error?.isRetryable == false)
        }
    }

    @Test func redirectIsNotFollowed() async throws {
        try await StubPeer.run { seen, _ in
            seen.path == "/x" ? .json("", .found, [.location: "/elsewhere"]) : .json(Ping.answer)
        } _: { peer in
            let error = await failure { try await peer.client.get("/x", as: Ping.self, retries: 2) }
            #expect(error?.reason == .refused(status: 302))
            #expect(peer.seen.map(\.path) == ["/x"])
        }
    }

    @Test func requestPassedOnCarriesTheCallersTokenOnly() async throws {
        try await StubPeer.run { _, _ in
            .json(#"{"detail":"no"}"#, .notFound, [.eTag: "\"v1\""])
        } _: { peer in
            let request = PeerRequest(
                "PATCH", "/api/v1/incidents/7?x=%20y", bearer: "callers-token",
                headers: [("Authorization", "Bearer other"), ("If-Match", "\"v1\""), ("X-Request-ID", "kept")], body: Data("{}".utf8)
            )
            let answer = try await peer.client.send(request)
            #expect(answer.status == 404)
            #expect(answer.header("ETag") == "\"v1\"")
            #expect(String(decoding: answer.body, as: UTF8.self) == #"{"detail":"no"}"#)
            let seen = try #require(peer.seen.first)
            #expect(seen.method == "PATCH")
            #expect(seen.path == "/api/v1/incidents/7?x=%20y")
            #expect(seen.headers["authorization"] == "Bearer callers-token")
            #expect(seen.headers["if-match"] == "\"v1\"")
            _ = try await peer.client.send(PeerRequest("GET", "/health"))
            #expect(peer.seen.last?.headers["authorization"] == nil)
        }
    }

    static let badRequests: [PeerRequest] = [
        PeerRequest("GET", "x"), PeerRequest("GET", ""), PeerRequest("GET", "@evil.example.org/"), PeerRequest("GET", "/a b"),
        PeerRequest("GET", "/a\r\nHost: evil"), PeerRequest("GET", "/ä"), PeerRequest("GET", ".evil.example.org/"),
        PeerRequest("GET", "/x", bearer: "a\r\nX-Admin: 1"), PeerRequest("GET", "/x", headers: [("x", "a\nb")]),
        PeerRequest("GET", "/x", headers: [("x y", "a")]), PeerRequest("GET", "/x", headers: [("", "a")]),
        PeerRequest("GET", "/x", headers: [("x", "a\u{0}b")]),
    ]

    @Test(arguments: badRequests.indices) func requestThatSmugglesIsNotSent(index: Int) async throws {
        try await StubPeer.run { _, _ in
            .json(Ping.answer)
        } _: { peer in
            let error = await failure { try await peer.client.send(Self.badRequests[index]) }
            #expect(error?.reason == .invalidRequest)
            #expect(peer.seen.isEmpty)
        }
    }

    @Test func nothingSecretIsLogged() async throws {
        try await StubPeer.run { _, number in
            number % 2 == 0 ? .json("canary") : .json("canary", .serviceUnavailable)
        } _: { peer in
            for _ in 0..<4 {
                _ = await failure {
                    try await peer.client.post("/x?q=canary", Ping(incidentID: "canary"), as: Ping.self, idempotencyKey: "canary")
                }
            }
            let log = peer.log.entries.map(\.description).joined(separator: "\n")
            #expect(log.contains("error.reason=refused") && log.contains("error.reason=bad_answer") && log.contains("url.path=/x"))
            for secret in ["canary", "Bearer", "eyJ"] { #expect(!log.contains(secret)) }
            #expect(peer.log.errors.isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(5))) func cancelledCallEndsAtOnce() async throws {
        let (arrived, arrive) = AsyncStream.makeStream(of: Void.self)
        let server = try RawServer { _ in arrive.yield() }
        let peer = try StubPeer(port: server.port)
        let error = await withTaskGroup(of: ClientError?.self) { group in
            group.addTask { await failure { try await peer.client.get("/x", as: Ping.self, deadline: .seconds(600)) } }
            for await _ in arrived { break }
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(error?.reason == .cancelled)
        #expect(error?.isRetryable == false)
        await peer.transport.shutdown()
    }

    @Test func stoppedTransportCallsNobody() async throws {
        try await StubPeer.run { _, _ in
            .json(Ping.answer)
        } _: { peer in
            await peer.transport.shutdown()
            let error = await failure { try await peer.client.get("/x", as: Ping.self) }
            #expect(error?.reason == .unreachable)
            #expect(peer.seen.isEmpty)
        }
    }
}
