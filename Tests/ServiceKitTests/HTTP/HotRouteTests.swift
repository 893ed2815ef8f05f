import Contracts
import Foundation
import Hummingbird
import NIOCore
import PrometheusMetrics
import ServiceKit
import Synchronization
import TestSupport
import Testing

@Suite struct HotRouteTests {
    private func answers(_ requests: String, _ count: Int = 1, kit: Kit = Kit()) async throws -> String {
        try await kit.daemon(HotThings.routes()).whileServing { port in
            try await RawConnection.with(port: port) { reader, writer in
                try await writer.send(requests)
                return await reader.answers(count)
            }
        }
    }

    private func bodies(_ text: String) -> [String] {
        text.components(separatedBy: "\r\n\r\n").dropFirst().map { $0.components(separatedBy: "HTTP/1.1")[0] }
    }

    @Test(arguments: ["/api/v1/things", "/v1/things"])
    func plainRequestIsTaken(path: String) async throws {
        let text = try await answers(HotThings.post("{}", path: path))
        #expect(text.hasPrefix("HTTP/1.1 201 Created") && bodies(text) == ["hot 2"])
    }

    @Test(arguments: [
        ("X-API-Key: key\r\nContent-Type: application/json; charset=utf-8\r\n", "/api/v1/things", 200),
        ("X-API-Key: key\r\n", "/api/v1/things", 200), ("X-API-Key: key\r\nContent-Type: application/json\r\n", "/api/v1/things?a=b", 200),
        ("X-API-Key: key\r\nContent-Type: application/json\r\nIdempotency-Key: k\r\n", "/api/v1/things", 200),
        ("X-API-Key: key\r\nContent-Type: application/json\r\nOrigin: https://a.example\r\n", "/api/v1/things", 200),
        ("X-API-Key: key\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n", "/api/v1/things", 415),
        ("X-API-Key: key\r\nContent-Type: application/json\r\nConnection: close\r\n", "/api/v1/things", 200),
        ("Content-Type: application/json\r\n", "/api/v1/things", 401),
        ("X-API-Key: key\r\nX-API-Key: key\r\nContent-Type: application/json\r\n", "/api/v1/things", 401),
    ])
    func requestThatIsNotPlainIsLeftToTheFramework(headers: String, path: String, status: Int) async throws {
        let text = try await answers(HotThings.post("{}", path: path, headers))
        #expect(text.hasPrefix("HTTP/1.1 \(status) ") && !text.contains("hot"))
    }

    private func get(_ target: String, _ headers: String = "X-API-Key: key\r\n") -> String {
        "GET \(target) HTTP/1.1\r\nHost: x\r\n\(headers)\r\n"
    }

    @Test(arguments: [
        ("/api/v1/things?a=1&b", "hot a=1&b"), ("/v1/things", "hot "), ("/api/v1/things?", "hot "), ("/v1/things?later", "hot later"),
    ])
    func plainQuestionIsTakenWithItsQuery(target: String, answer: String) async throws {
        let text = try await answers(get(target))
        #expect(text.hasPrefix("HTTP/1.1 200 OK") && bodies(text) == [answer])
    }

    @Test(arguments: [
        ("X-API-Key: key\r\n", "/api/v1/things?leave", 200), ("X-API-Key: key\r\nOrigin: https://a.example\r\n", "/api/v1/things?a", 200),
        ("X-API-Key: key\r\nContent-Length: 0\r\n", "/api/v1/things?a", 200), ("", "/api/v1/things?a", 401),
        ("X-API-Key: key\r\nConnection: close\r\n", "/api/v1/things?a", 200), ("X-API-Key: key\r\n", "/api/v1/thing?a", 404),
    ])
    func questionThatIsNotPlainIsLeftToTheFramework(headers: String, target: String, status: Int) async throws {
        let text = try await answers(get(target, headers))
        #expect(text.hasPrefix("HTTP/1.1 \(status) ") && !text.contains("hot"))
    }

    @Test func questionsAndAnswersOfAllKindsKeepTheirOrder() async throws {
        let text = try await answers(
            get("/api/v1/things?1") + get("/api/v1/things?later") + get("/api/v1/things?3") + HotThings.post("{}")
                + get("/api/v1/things?leave") + HotThings.post(#"{"a":"leave"}"#) + get("/api/v1/things?2"), 7)
        // While the framework owes an answer, what comes behind is the framework's too.
        #expect(bodies(text).map { $0.components(separatedBy: " ").last } == ["1", "later", "3", "2", "leave", "13", "2"])
    }

    @Test func longOrChunkedBodyIsLeftToTheFramework() async throws {
        let long = try await answers(HotThings.post(String(repeating: "x", count: 64 * 1024 + 1)))
        #expect(bodies(long) == ["framework 65537"])
        let chunked = try await answers(
            "POST /api/v1/things HTTP/1.1\r\nHost: x\r\nX-API-Key: key\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
        )
        #expect(bodies(chunked) == ["framework 2"])
    }

    @Test func bodyInPiecesIsOneBodyForWhoeverAnswers() async throws {
        try await Kit().daemon(HotThings.routes()).whileServing { port in
            for (body, answer) in [(#"{"a":"taken"}"#, "hot 13"), (#"{"a":"leave"}"#, "framework 13")] {
                let text = try await RawConnection.with(port: port) { reader, writer in
                    for character in HotThings.post(body) { try await writer.send(String(character)) }
                    return await reader.answers(1)
                }
                #expect(bodies(text) == [answer])
            }
        }
    }

    @Test func pipelinedAnswersKeepTheOrderOfTheirRequests() async throws {
        let requests = [#"{"a":"leave"}"#, "{}", #"{"a":1}"#, #"{"a":"leave"}"#, #"{"a":12}"#].map { HotThings.post($0) }.joined()
        let text = try await answers(requests, 5)
        #expect(bodies(text).map { $0.components(separatedBy: " ").last } == ["13", "2", "7", "13", "8"])
    }

    @Test func whatComesBehindARequestWaitsForItsAnswer() async throws {
        let gate = HotThings.Gate()
        try await Kit().daemon(HotThings.routes(gate)).whileServing { port in
            let text = try await RawConnection.with(port: port) { reader, writer in
                try await writer.send(HotThings.post("{}") + "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n" + HotThings.post(#"{"a":"leave"}"#))
                await gate.entered.wait(after: 0, upTo: .seconds(30))
                gate.open()
                return await reader.answers(3)
            }
            let statuses = text.components(separatedBy: "HTTP/1.1 ").dropFirst().map { $0.prefix(3) }
            #expect(statuses == ["201", "200", "200"] && text.hasSuffix("framework 13"))
        }
    }

    @Test func brokenRequestBehindARequestDoesNotTakeItsAnswer() async throws {
        let gate = HotThings.Gate()
        try await Kit().daemon(HotThings.routes(gate)).whileServing { port in
            let text = try await RawConnection.with(port: port) { reader, writer in
                try await writer.send(HotThings.post("{}") + "nonsense\r\n\r\n")
                await gate.entered.wait(after: 0, upTo: .seconds(30))
                try await RawConnection.everyLoopTurns(port)
                gate.open()
                return await reader.toTheEnd()
            }
            let statuses = text.components(separatedBy: "HTTP/1.1 ").dropFirst().map { $0.prefix(3) }
            #expect(statuses == ["201", "400"])
        }
    }

    @Test func clientThatHasSentAllAndHalfClosesGetsItsAnswer() async throws {
        let gate = HotThings.Gate()
        try await Kit().daemon(HotThings.routes(gate)).whileServing { port in
            let text = try await RawConnection.with(port: port) { reader, writer in
                try await writer.send(HotThings.post("{}"))
                writer.finish()
                await gate.entered.wait(after: 0, upTo: .seconds(30))
                try await RawConnection.everyLoopTurns(port)
                gate.open()
                return await reader.toTheEnd()
            }
            #expect(text.hasSuffix("hot 2"))
        }
    }

    @Test func thrownErrorIsTheSameProblemOnBothWays() async throws {
        let kit = Kit()
        let text = try await answers(HotThings.post(#"{"a":"conflict"}"#) + HotThings.post(#"{"a":"crash"}"#), 2, kit: kit)
        let problems = try bodies(text).map { try WireJSON.decode(ProblemDocument.self, fromText: $0) }
        #expect(problems.map(\.status) == [409, 500] && problems.map(\.code) == ["taken", "internal_error"])
        #expect(problems.allSatisfy { $0.requestID != nil })
        #expect(text.components(separatedBy: "application/problem+json").count == 3)
        #expect(kit.log.errors.count == 1 && kit.log.errors.first?.metadata["http.request.id"] == problems[1].requestID)
    }

    @Test func answersHaveTheHeadersOfTheFrameworks() async throws {
        func names(_ answer: Substring) -> Set<String> {
            Set(
                answer.components(separatedBy: "\r\n\r\n")[0].components(separatedBy: "\r\n").dropFirst().map {
                    $0.components(separatedBy: ":")[0]
                })
        }
        var kit = Kit()
        kit.settings["PUBLIC_URL"] = "https://tocsin.example"
        let trace = "X-API-Key: key\r\nContent-Type: application/json\r\nX-Request-ID: mine\r\n"
        let text = try await answers(HotThings.post("{}", trace) + HotThings.post(#"{"a":"leave"}"#, trace), 2, kit: kit)
        let two = text.split(separator: "HTTP/1.1 ")
        #expect(two.count == 2 && names(two[0]).union(["Content-Type"]) == names(two[1]).union(["Content-Type"]))
        #expect(two.allSatisfy { $0.contains("X-Request-ID: mine") && $0.contains("Strict-Transport-Security") })
        // ManualClock's start, as RFC 9110 writes it.
        #expect(two[0].contains("Date: \(Self.httpDate(ManualClock.start))\r\n"))
    }

    private static func httpDate(_ date: Date) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = .gmt
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return format.string(from: date)
    }

    @Test func requestsAreCountedAndLoggedLikeAllOthers() async throws {
        let kit = Kit()
        let posts = HotThings.post("{}") + HotThings.post("{}") + HotThings.post(#"{"a":"conflict"}"#) + HotThings.post(#"{"a":"known"}"#)
        _ = try await answers(posts + get("/api/v1/things?a"), 5, kit: kit)
        let metrics = await kit.metrics.exposition(.text)
        #expect(metrics.contains(#"http_server_requests_total{method="POST",route="/api/v1/things",status="201"} 2"#))
        #expect(metrics.contains(#"http_server_requests_total{method="POST",route="/api/v1/things",status="409"} 1"#))
        // One status by two methods of one path is two series.
        #expect(metrics.contains(#"http_server_requests_total{method="POST",route="/api/v1/things",status="200"} 1"#))
        #expect(metrics.contains(#"http_server_requests_total{method="GET",route="/api/v1/things",status="200"} 1"#))
        #expect(metrics.contains("http_server_requests_in_flight 0"))
        let lines = kit.log.entries.filter { $0.message == "request answered" && $0.metadata["http.route"] == "/api/v1/things" }
        #expect(lines.map { $0.metadata["http.response.status_code"] } == ["201", "201", "409", "200", "200"])
    }
}
