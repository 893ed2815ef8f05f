import Foundation
import Hummingbird
import ServiceKit
import Synchronization
import TestSupport
import Testing

/// Reliability §5 A over a real socket: each attack gets its answer, and the next client is served.
@Suite(.serialized) struct ConnectionTests {
    private func answer(_ request: String, limits: ConnectionLimits = .standard, end: Bool = true) async throws -> String {
        var kit = Kit()
        kit.limits = limits
        kit.limits.linger = .milliseconds(50)
        return try await kit.daemon(echo).whileServing { port in
            let text = try await RawConnection.with(port: port) { reader, writer in
                try await writer.send(request)
                return end ? await reader.toTheEnd() : await reader.answers(1)
            }
            #expect(try await Self.livez(port).hasPrefix("HTTP/1.1 200"))
            return text
        }
    }

    private static func livez(_ port: Int) async throws -> String {
        try await RawConnection.with(port: port) { reader, writer in
            try await writer.send("GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            return await reader.toTheEnd()
        }
    }

    private func echo(_ routes: Routes) {
        routes.post("/echo", .open) { request, context in try await request.rawBody(context, limit: 1_000) }
        routes.post("/large", .open) { request, context in "\(try await request.rawBody(context, limit: 2_000_000).readableBytes)" }
    }

    @Test(arguments: [
        ("GET /livez HTTP/1.1\r\nHost: x\r\nA: \(String(repeating: "a", count: 17 * 1024))\r\n\r\n", 431),
        ("GET /livez HTTP/1.1\r\nHost: x\r\n" + (0..<65).map { "H\($0): v\r\n" }.joined() + "\r\n", 431),
        ("GET /livez?q=\(String(repeating: "a", count: 9 * 1024)) HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        ("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde", 400),
        ("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400),
        ("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 400),
        ("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n", 400),
        ("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n", 400),
        ("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\nabcde", 400),
        ("GET /livez HTTP/1.1\r\nHost: x\r\nA: b\u{0}c\r\n\r\n", 400), ("GET /livez HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n", 400),
        ("GET /livez HTTP/1.1\r\n\r\n", 400), ("GET /livez HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
        ("GET /livez HTTP/9.9\r\nHost: x\r\n\r\n", 400), ("nonsense\r\n\r\n", 400),
        ("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n", 413),
        ("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5000000000\r\n\r\n", 413),
        ("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
        ("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: coffee\r\nContent-Length: 5\r\n\r\n", 417),
        (
            "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                + String(repeating: "100\r\n\(String(repeating: "x", count: 256))\r\n", count: 5), 413
        ),
    ])
    func attackIsAnsweredAndTheConnectionClosed(request: String, status: Int) async throws {
        let text = try await answer(request)
        #expect(text.hasPrefix("HTTP/1.1 \(status) "), "\(text.prefix(60))")
        #expect(text.contains("application/problem+json"))
        #expect(text.components(separatedBy: "HTTP/1.1 ").count == 2)
    }

    @Test func slowHeadersAre408() async throws {
        var limits = ConnectionLimits.standard
        limits.headerTime = .milliseconds(150)
        let text = try await answer("GET /livez HTTP/1.1\r\nHost: x\r\nA: ", limits: limits)
        #expect(text.hasPrefix("HTTP/1.1 408 "))
    }

    @Test func drippedHeadersAre408() async throws {
        var kit = Kit()
        kit.limits.headerTime = .milliseconds(300)
        try await kit.daemon(echo).whileServing { port in
            let text = try await RawConnection.with(port: port) { reader, writer in
                let isOver = Atomic(false)
                // What paces the drops is that others are served in between.
                async let dripping: Void = {
                    while !isOver.load(ordering: .acquiring), (try? await writer.send("A")) != nil {
                        let other = try await Self.livez(port)
                        #expect(other.hasPrefix("HTTP/1.1 200"))
                    }
                }()
                let text = await reader.toTheEnd()
                isOver.store(true, ordering: .releasing)
                try await dripping
                return text
            }
            #expect(text.hasPrefix("HTTP/1.1 408 ") || text.hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test(arguments: ["Content-Length: 10\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"])
    func slowBodyIs408AndNeverTakenForTheWhole(rest: String) async throws {
        var kit = Kit()
        kit.limits.bodyTime = .milliseconds(150)
        let seen = Mutex<[String]>([])
        let daemon = try kit.daemon { routes in
            routes.post("/echo", .open) { request, context in
                let body = String(buffer: try await request.rawBody(context, limit: 1_000))
                seen.withLock { $0.append(body) }
                return body
            }
        }
        try await daemon.whileServing { port in
            let text = try await RawConnection.with(port: port) { reader, writer in
                try await writer.send("POST /echo HTTP/1.1\r\nHost: x\r\n" + rest)
                return await reader.toTheEnd()
            }
            #expect(text.hasPrefix("HTTP/1.1 408 "))
        }
        #expect(seen.withLock { $0 }.isEmpty)
    }

    @Test(.timeLimit(.minutes(5)), arguments: [("/echo", ["200", "408"]), ("/nothing", ["200", "404"])])
    func unfinishedBodyBehindAnAnsweredRequestEndsTheConnection(path: String, statuses: [String]) async throws {
        var limits = ConnectionLimits.standard
        limits.bodyTime = .milliseconds(150)
        let text = try await answer(
            "GET /livez HTTP/1.1\r\nHost: x\r\n\r\nPOST \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n", limits: limits)
        #expect(text.components(separatedBy: "HTTP/1.1 ").dropFirst().map { String($0.prefix(3)) } == statuses)
    }

    @Test(.timeLimit(.minutes(5))) func halfAHeadBehindAnAnsweredRequestIs408() async throws {
        let (entered, isSent) = (Doorbell(), Doorbell())
        var kit = Kit()
        kit.limits.headerTime = .milliseconds(150)
        let daemon = try kit.daemon { routes in
            routes.get("/late", .open) { _, _ in
                entered.ring()
                await isSent.wait(after: 0, upTo: .seconds(30))
                return "late"
            }
        }
        try await daemon.whileServing { port in
            let text = try await RawConnection.with(port: port) { reader, writer in
                try await writer.send("GET /late HTTP/1.1\r\nHost: x\r\n\r\n")
                await entered.wait(after: 0, upTo: .seconds(30))
                try await writer.send("GET /livez HTTP/1.1\r\nHost:")
                try await RawConnection.everyLoopTurns(port)
                isSent.ring()
                return await reader.toTheEnd()
            }
            #expect(text.components(separatedBy: "HTTP/1.1 ").dropFirst().map { $0.prefix(3) } == ["200", "408"])
        }
    }

    @Test func clientThatLeavesAmidABodyIsNotTakenForDone() async throws {
        let seen = Mutex(0)
        let daemon = try Kit().daemon { routes in
            routes.post("/echo", .open) { request, context in
                let body = try await request.rawBody(context, limit: 1_000)
                seen.withLock { $0 += 1 }
                return body
            }
        }
        try await daemon.whileServing { port in
            for rest in ["Content-Length: 10\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"] {
                _ = try await RawConnection.with(port: port) { reader, writer in
                    try await writer.send("POST /echo HTTP/1.1\r\nHost: x\r\n" + rest)
                    writer.finish()
                    return await reader.toTheEnd()
                }
            }
        }
        #expect(seen.withLock { $0 } == 0)
    }

    @Test func idleConnectionIsClosed() async throws {
        var limits = ConnectionLimits.standard
        limits.keepAlive = .milliseconds(200)
        let text = try await answer("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n", limits: limits)
        #expect(text.hasPrefix("HTTP/1.1 200 "))
    }

    @Test func connectionServesItsShareOfRequests() async throws {
        var limits = ConnectionLimits.standard
        limits.requestsPerConnection = 3
        let text = try await answer(String(repeating: "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n", count: 5), limits: limits)
        #expect(text.components(separatedBy: "HTTP/1.1 200 ").count - 1 == 3)
        #expect(text.lowercased().components(separatedBy: "connection: close").count == 2)
    }

    /// More than what is kept on its way for a reader that has stopped, about 5 MiB.
    private static let large = 16 * 1024 * 1024

    /// What a client gets of a connection's last answer when it pauses behind the head, for several times the linger.
    private func bytesOfLastAnswer(writeTime: Duration) async throws -> Int {
        var kit = Kit()
        kit.limits.linger = .milliseconds(50)
        kit.limits.writeTime = writeTime
        kit.limits.requestsPerConnection = 1
        let daemon = try kit.daemon { routes in
            routes.get("/large", .open) { _, _ in String(repeating: "x", count: Self.large) }
        }
        return try await daemon.whileServing { port in
            try await RawConnection.with(port: port) { reader, writer in
                try await writer.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
                await reader.head()
                let start = reader.text
                #expect(start.hasPrefix("HTTP/1.1 200 ") && start.lowercased().contains("connection: close"))
                // What passes the time is that others are served.
                let end = ContinuousClock.now + .milliseconds(400)
                repeat { #expect(try await Self.livez(port).hasPrefix("HTTP/1.1 200")) } while ContinuousClock.now < end
                let text = await reader.toTheEnd()
                return text.range(of: "\r\n\r\n").map { text[$0.upperBound...].utf8.count } ?? 0
            }
        }
    }

    @Test func lastAnswerArrivesWholeAtAReaderThatPauses() async throws {
        #expect(try await bytesOfLastAnswer(writeTime: .seconds(30)) == Self.large)
    }

    @Test func lastAnswerIsCutWhereNobodyReadsIt() async throws {
        #expect(try await bytesOfLastAnswer(writeTime: .milliseconds(100)) < Self.large)
    }

    @Test func oldestIdleConnectionMakesRoom() async throws {
        var kit = Kit()
        kit.limits.connections = 4
        try await kit.daemon(echo).whileServing { port in
            try await RawConnection.with(port: port) { oldest, _ in
                try await withThrowingTaskGroup(of: String.self) { group in
                    for _ in 0..<8 {
                        group.addTask {
                            try await Self.livez(port)
                        }
                    }
                    var served = 0
                    for try await text in group where text.hasPrefix("HTTP/1.1 200") { served += 1 }
                    #expect(served >= 4)
                }
                return ()
            }
        }
    }

    @Test(arguments: ["Host: x\r\nA: \(String(repeating: "a", count: 17 * 1024))", "No-Host: x"])
    func pipelinedAnswersKeepTheirOrder(badHeaders: String) async throws {
        let (sent, allIsSent) = AsyncStream.makeStream(of: Void.self)
        let daemon = try Kit().daemon { routes in
            routes.get("/late/{name}", .open) { _, context in
                // The first answer waits until the last request, which the guard answers itself, is on its way.
                for await _ in sent {}
                return try context.parameter("name")
            }
        }
        try await daemon.whileServing { port in
            let text = try await RawConnection.with(port: port) { reader, writer in
                let requests = ["a", "b", "c", "d"].map { "GET /late/\($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined()
                try await writer.send(requests + "GET /livez HTTP/1.1\r\n\(badHeaders)\r\n\r\n")
                // A connection made later is served: the loop has had its turn at what came before.
                #expect(try await Self.livez(port).hasPrefix("HTTP/1.1 200"))
                allIsSent.finish()
                return await reader.toTheEnd()
            }
            let statuses = text.components(separatedBy: "HTTP/1.1 ").dropFirst().map { $0.prefix(3) }
            #expect(statuses.prefix(4) == ["200", "200", "200", "200"])
            let bodies = text.components(separatedBy: "\r\n\r\n").dropFirst().prefix(4).map { $0.components(separatedBy: "HTTP/1.1")[0] }
            #expect(bodies == ["a", "b", "c", "d"])
        }
    }

    @Test func expectationIsMet() async throws {
        let text = try await answer(
            "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc")
        #expect(text.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"))
        #expect(text.hasSuffix("abc"))
    }

    @Test func largeBodyWithinItsLimitArrivesWhole() async throws {
        let body = String(repeating: "x", count: 1_500_000)
        let text = try await answer(
            "POST /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n" + body)
        #expect(text.hasSuffix("1500000"))
    }

    @Test func limitsAreThoseOfTheRule() {
        let limits = ConnectionLimits.standard
        #expect(limits.headerTime == .seconds(10))
        #expect(limits.bodyTime == .seconds(15))
        #expect(limits.writeTime == .seconds(30))
        #expect(limits.keepAlive == .seconds(60))
        #expect(limits.connections == 1_000)
        #expect(limits.requestsPerConnection == 1_000)
    }
}
