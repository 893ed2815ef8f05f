import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import Synchronization
import TestSupport
import Testing

@Suite struct HealthTests {
    struct Report: Decodable {
        struct Check: Decodable, Equatable {
            let status: String
            let detail: String?
        }
        let status: String
        let service: String
        let version: String
        let timestamp: Date
        let checks: [String: Check]
    }

    private func ask(_ checks: [HealthCheck], _ path: String = "/health") async throws -> (Int, Report) {
        try await Kit().daemon(health: checks).application.test(.router) { client in
            let response = try await client.execute(uri: path, method: .get)
            return (Int(response.status.code), try WireJSON.decode(fromText: response.text))
        }
    }

    @Test func healthyDaemonSaysSo() async throws {
        let (status, report) = try await ask([HealthCheck("postgres") { .ok }])
        #expect(status == 200)
        #expect(report.status == "ok")
        #expect(report.service == "web-ui")
        #expect(report.version == ServiceVersion.current)
        #expect(report.timestamp == ManualClock.start)
        #expect(report.checks == ["postgres": .init(status: "ok", detail: nil)])
    }

    @Test func degradationIsTold() async throws {
        let (status, report) = try await ask([
            HealthCheck("a") { .ok }, HealthCheck("fallback") { .degraded("FALLBACK_CONTACT is not set") },
        ])
        #expect(status == 200)
        #expect(report.status == "degraded")
        #expect(report.checks["fallback"] == .init(status: "degraded", detail: "FALLBACK_CONTACT is not set"))
    }

    @Test func failureIs503AndStopsReadinessWhereItMatters() async throws {
        let failing = HealthCheck("postgres") { .fail("unreachable") }
        let aside = HealthCheck("worker:relay", affectsReadiness: false) { .fail("stuck") }
        #expect(try await ask([failing]).0 == 503)
        #expect(try await ask([aside]).0 == 503)
        #expect(try await ask([failing], "/readyz").0 == 503)
        #expect(try await ask([failing], "/health/ready").0 == 503)
        #expect(try await ask([aside], "/readyz").0 == 200)
        #expect(try await ask([failing], "/livez").0 == 200)
    }

    @Test func hangingCheckFailsInTimeAndRunsOnce() async throws {
        let runs = Mutex(0)
        let check = HealthCheck("hung") {
            runs.withLock { $0 += 1 }
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                Keeper.shared.keep(continuation)
            }
            return .ok
        }
        defer { Keeper.shared.release() }
        let daemon = try Kit().daemon(health: [check])
        let time = try await ContinuousClock().measure {
            try await daemon.application.test(.router) { client in
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<5 { group.addTask { Int(try await client.execute(uri: "/health", method: .get).status.code) } }
                    for try await status in group { #expect(status == 503) }
                }
            }
        }
        #expect(time < .seconds(60))
        #expect(runs.withLock { $0 } == 1)
    }

    /// Holds what a hanging check waits for, so that the test can let it go in the end.
    final class Keeper: Sendable {
        static let shared = Keeper()
        private let kept = Mutex<[CheckedContinuation<Void, Never>]>([])
        func keep(_ continuation: CheckedContinuation<Void, Never>) { kept.withLock { $0.append(continuation) } }
        func release() {
            kept.withLock { kept in
                for continuation in kept { continuation.resume() }
                kept.removeAll()
            }
        }
    }

    @Test func rootTellsWhoIsHere() async throws {
        try await Kit().daemon().application.test(.router) { client in
            let response = try await client.execute(uri: "/", method: .get)
            #expect(response.text.contains("\"service\":\"web-ui\""))
            #expect(response.text.contains("\"health\":\"/health\""))
        }
    }
}
