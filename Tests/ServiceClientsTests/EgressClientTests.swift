import Foundation
import ServiceClients
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct EgressClientTests {
    static let ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"

    /// A client that may call `hooks.example.test` on that port, which is this machine.
    private func client(_ port: Int, log: LogRecorder = LogRecorder()) throws -> EgressClient {
        let allow = try #require(EgressAllowList(["hooks.example.test:\(port)"]))
        let resolver = ScriptedResolver(["hooks.example.test": [["127.0.0.1"]], "elsewhere.example.test": [["127.0.0.1"]]])
        return EgressClient(EgressGuard(allow: allow, resolver: resolver), logger: log.logger)
    }

    private func failure(_ server: RawServer, deadline: Duration = .seconds(5)) async throws -> EgressError? {
        do {
            _ = try await client(server.port).post(
                "http://hooks.example.test:\(server.port)/canary", body: Data("canary".utf8), deadline: deadline
            )
            return nil
        } catch let error as EgressError {
            return error
        }
    }

    @Test func checkedAddressIsCalledUnderTheGivenName() async throws {
        let server = try RawServer { $0.answer(Self.ok) }
        let answer = try await client(server.port).post(
            "http://hooks.example.test:\(server.port)/a/b?c=d", headers: [("X-Sig", "v1"), ("Host", "evil.example.org")],
            body: Data("{}".utf8)
        )
        #expect(answer.status == 200)
        #expect(String(decoding: answer.body, as: UTF8.self) == "ok")
        let head = String(decoding: try #require(server.requests.first), as: UTF8.self).lowercased()
        #expect(head.hasPrefix("post /a/b?c=d http/1.1\r\n"))
        #expect(head.contains("\r\nhost: hooks.example.test:\(server.port)\r\n"))
        #expect(head.contains("\r\nx-sig: v1\r\n"))
        #expect(!head.contains("evil") && !head.contains("accept-encoding"))
    }

    @Test func tlsAsksForTheGivenName() async throws {
        let server = try RawServer { $0.close() }
        await #expect(throws: EgressError.self) {
            try await client(server.port).post("https://hooks.example.test:\(server.port)/", body: Data())
        }
        let hello = try #require(server.requests.first)
        #expect(hello.first == 0x16)
        #expect(hello.range(of: Data("hooks.example.test".utf8)) != nil)
    }

    @Test func refusedURLSendsNoPacket() async throws {
        let server = try RawServer { $0.answer(Self.ok) }
        for (url, label) in [
            ("http://127.0.0.1:\(server.port)/", "malformed_scheme"), ("http://localhost:\(server.port)/", "malformed_scheme"),
            ("https://elsewhere.example.test:\(server.port)/", "malformed_port"),
            ("https://[::ffff:127.0.0.1]:\(server.port)/", "malformed_port"), ("https://elsewhere.example.test/", "address_not_allowed"),
            ("https://unknown.example.test/", "unresolvable"),
        ] {
            do {
                _ = try await client(server.port).post(url, body: Data())
                Issue.record("called \(url)")
            } catch let error as EgressError {
                #expect(error.label == label)
            }
        }
        #expect(server.requests.isEmpty)
    }

    @Test(arguments: [301, 302, 303, 307, 308]) func redirectIsAnAnswerAndNotFollowed(status: Int) async throws {
        let inside = try RawServer { $0.answer(Self.ok) }
        let port = inside.port
        let server = try RawServer {
            $0.answer("HTTP/1.1 \(status) Moved\r\nlocation: http://127.0.0.1:\(port)/\r\ncontent-length: 0\r\n\r\n")
        }
        let answer = try await client(server.port).post("http://hooks.example.test:\(server.port)/", body: Data())
        #expect(answer.status == status)
        #expect(!answer.isSuccess)
        #expect(inside.requests.isEmpty)
    }

    @Test func endlessAnswerIsCutOff() async throws {
        let server = try RawServer { connection in
            connection.answer("HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n")
            let piece = String(repeating: "x", count: 65_536)
            for _ in 0..<16_384 where !connection.answer(piece) { break }
        }
        #expect(try await failure(server) == .failed(ClientError(.answerTooLarge)))
    }

    @Test func largestAnswerIsRead() async throws {
        let body = String(repeating: "x", count: EgressClient.bodyLimit)
        let server = try RawServer { $0.answer("HTTP/1.1 200 OK\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)") }
        let answer = try await client(server.port).post("http://hooks.example.test:\(server.port)/", body: Data())
        #expect(answer.body.count == EgressClient.bodyLimit)
    }

    @Test func compressedAnswerStaysCompressed() async throws {
        let server = try RawServer { $0.answer("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n\u{1F}bcd") }
        let answer = try await client(server.port).post("http://hooks.example.test:\(server.port)/", body: Data())
        #expect(answer.body.count == 4)
    }

    static let brokenAnswers = [
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n", "hello, this is HTTP/0.9",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 7\r\n\r\nhello", "HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nx: " + String(repeating: "a", count: 1 << 20) + "\r\n\r\n", "",
    ]

    @Test(arguments: brokenAnswers.indices) func brokenAnswerIsAFailure(index: Int) async throws {
        let server = try RawServer { connection in
            connection.answer(Self.brokenAnswers[index])
            connection.close()
        }
        let error = try #require(try await failure(server))
        #expect(error.isRetryable)
        #expect(["bad_answer", "unreachable"].contains(error.label))
    }

    static let silences = ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab"]

    @Test(arguments: silences) func silenceEndsWithTheDeadline(beginning: String) async throws {
        let server = try RawServer { $0.answer(beginning) }
        let error = try await failure(server, deadline: .milliseconds(100))
        #expect(error == .failed(ClientError(.timeout)))
    }

    @Test func nobodyListeningIsUnreachable() async throws {
        let port = try RawServer.freePort()
        do {
            _ = try await client(port).post("http://hooks.example.test:\(port)/", body: Data())
            Issue.record("no error")
        } catch let error as EgressError {
            #expect(error.label == "unreachable")
            #expect(error.isRetryable)
        }
    }

    @Test func headerThatSmugglesIsNotSent() async throws {
        let server = try RawServer { $0.answer(Self.ok) }
        await #expect(throws: EgressError.failed(ClientError(.invalidRequest))) {
            try await client(server.port).post(
                "http://hooks.example.test:\(server.port)/", headers: [("x", "a\r\nBcc: b")], body: Data()
            )
        }
        #expect(server.requests.isEmpty)
    }

    @Test func nothingOfTheCallIsLogged() async throws {
        let log = LogRecorder()
        let server = try RawServer { $0.close() }
        await #expect(throws: EgressError.self) {
            try await client(server.port, log: log).post("http://hooks.example.test:\(server.port)/canary", body: Data("canary".utf8))
        }
        let text = log.entries.map(\.description).joined(separator: "\n")
        #expect(text.contains("error.reason="))
        #expect(!text.contains("canary") && !text.contains("hooks"))
    }
}
