import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import TestSupport
import Testing

@Suite struct MetricsTests {
    struct IdleWorker: Worker {
        let name = "relay"
        func tick(now: Date) async throws -> TickReport { .idle }
    }

    private func daemon(_ kit: Kit) throws -> Daemon {
        let loop = WorkerLoop(
            IdleWorker(), bell: Doorbell(), every: .seconds(1), clock: kit.clock, metrics: kit.metrics, logger: kit.log.logger)
        _ = OffsetClock(measure: { Date() }, metrics: kit.metrics, logger: kit.log.logger)
        return try kit.daemon(workers: [loop]) { $0.get("/api/v1/things/{id}", .open) { _, _ in "thing" } }
    }

    @Test func callsAreCountedByTemplate() async throws {
        let kit = Kit()
        let text = try await daemon(kit).application.test(.router) { client in
            for path in ["/api/v1/things/1", "/v1/things/2", "/secret-path-canary", "/also/unknown"] {
                _ = try await client.execute(uri: path, method: .get)
            }
            _ = try await client.execute(uri: "/secret-path-canary", method: try #require(HTTPRequest.Method("CANARY")))
            return try await client.execute(uri: "/metrics", method: .get, headers: [.accept: "text/plain"]).text
        }
        #expect(
            text.contains("http_server_requests_total{route=\"/api/v1/things/{id}\",method=\"GET\",status=\"200\"} 2")
                || text.contains("http_server_requests_total{method=\"GET\",route=\"/api/v1/things/{id}\",status=\"200\"} 2"))
        #expect(text.contains("route=\"unmatched\""))
        #expect(text.contains("http_server_request_duration_seconds_bucket"))
        #expect(text.contains("http_server_requests_in_flight 1"))
        #expect(!text.lowercased().contains("canary"))
    }

    @Test func promtoolFindsNothingToSay() async throws {
        let promtool = URL(filePath: "/usr/bin/promtool")
        try #require(FileManager.default.isExecutableFile(atPath: promtool.path), "promtool is needed")
        let text = try await daemon(Kit()).application.test(.router) { client in
            _ = try await client.execute(uri: "/api/v1/things/1", method: .get)
            return try await client.execute(uri: "/metrics", method: .get).text
        }
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = promtool
        process.arguments = ["check", "metrics"]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try input.fileHandleForWriting.close()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(said)")
        #expect(said.isEmpty)
    }

    @Test func openMetricsIsNegotiated() async throws {
        try await daemon(Kit()).application.test(.router) { client in
            let open = try await client.execute(
                uri: "/metrics", method: .get, headers: [.accept: "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"])
            #expect(open.headers[.contentType] == "application/openmetrics-text; version=1.0.0; charset=utf-8")
            #expect(open.text.hasSuffix("# EOF\n"))
        }
    }

    @Test(
        arguments: [
            ("127.0.0.1", nil, nil, 200), ("127.0.0.1", "scrape-token", nil, 401),
            ("127.0.0.1", "scrape-token", "Bearer scrape-token", 200),
            ("0.0.0.0", nil, nil, 401), ("0.0.0.0", nil, "Bearer x", 401), ("0.0.0.0", "scrape-token", "Bearer scrape-tokex", 401),
            ("0.0.0.0", "scrape-token", "Bearer scrape-token", 200),
        ] as [(String, String?, String?, Int)])
    func scrapingOffLoopbackNeedsTheToken(host: String, token: String?, header: String?, status: Int) async throws {
        var kit = Kit(settings: token.map { ["METRICS_TOKEN": $0] } ?? [:])
        kit.host = host
        try await kit.daemon().application.test(.router) { client in
            var headers: HTTPFields = [:]
            headers[.authorization] = header
            let response = try await client.execute(uri: "/metrics", method: .get, headers: headers)
            #expect(response.status.code == status)
        }
    }

    @Test func tokenWhoseFileCannotBeReadStopsTheStart() {
        let kit = Kit(settings: ["METRICS_TOKEN_FILE": "/nonexistent/secret"])
        let error = #expect(throws: ConfigurationError.self) { try kit.daemon() }
        #expect(error?.key == "METRICS_TOKEN_FILE")
    }

    @Test func tokenIsReadOnceAndKeptWhenItsFileGoes() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "tocsin-\(UUID().uuidString)")
        try Data("scrape-token\n".utf8).write(to: file)
        let daemon = try Kit(settings: ["METRICS_TOKEN_FILE": file.path]).daemon()
        try FileManager.default.removeItem(at: file)
        try await daemon.application.test(.router) { client in
            #expect(try await client.execute(uri: "/metrics", method: .get).status == .unauthorized)
            let known = try await client.execute(uri: "/metrics", method: .get, headers: [.authorization: "Bearer scrape-token"])
            #expect(known.status == .ok)
        }
    }
}
