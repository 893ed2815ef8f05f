import Contracts
import Foundation
import TestSupport
import Testing

/// The main job on real parts: Prometheus → Alertmanager → Tocsin → SMTP, and back to calm.
@Suite(.serialized) struct PrometheusChainTests {
    /// What the whole chain may take for one change; Prometheus and Alertmanager use most of it.
    static let patience: Duration = .seconds(60)

    @Test func firingRulePagesThePersonOnCallAndResolvesByItself() async throws {
        try await ProcessSuite.run { suite in
            try await suite.schedule("payments", primary: "alice")
            try await MonitoringStack.run(beside: suite) { stack in
                try await Self.until("a page is sent") { try suite.mail.mails().contains { $0.rcptTo == ["alice@example.org"] } }
                let mail = try #require(try suite.mail.mails().first)
                #expect(mail.header("Subject")?.contains("[INC-1]") ?? false)

                let incident = try #require(try await suite.get(.incidentManagement, "/api/v1/incidents").array?.first)
                let id = try #require(incident["id"]?.string)
                #expect(incident["service"]?.string == "checkout")
                #expect(incident["team"]?.string == "payments")
                let acknowledged = try await suite.send(
                    "PATCH", .incidentManagement, "/api/v1/incidents/\(id)/acknowledge", bearer: suite.token, body: nil
                )
                #expect(acknowledged["status"]?.string == "acknowledged")

                try await stack.calm()
                try await Self.until("the incident resolves by itself") {
                    try await suite.get(.incidentManagement, "/api/v1/incidents/\(id)")["status"]?.string == "resolved"
                }
                let resolved = try await suite.get(.incidentManagement, "/api/v1/incidents/\(id)")
                #expect(resolved["resolved_by"]?.string == "monitoring")
                #expect(try suite.mail.mails().count == 1)

                try await Self.until("Prometheus scrapes all five daemons") { try await stack.scraped() == 5 }
            }
        }
    }

    @Test func metricsOfEveryDaemonPassPromtool() async throws {
        try await ProcessSuite.run { suite in
            for peer in Peer.allCases {
                let outcome = try await Shell.run(
                    #"set -o pipefail; curl -fsS -H 'Accept: text/plain' "$1/metrics" | promtool check metrics"#,
                    [try suite.daemon(peer).url]
                )
                #expect(outcome.status == 0, "\(peer.rawValue): \(outcome.output)")
            }
        }
    }

    /// Looks again until the chain has come that far; the programs outside offer no signal to wait for.
    private static func until(_ what: Comment, _ holds: () async throws -> Bool) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + patience
        while clock.now < deadline {
            if try await holds() { return }
            try await clock.sleep(for: .milliseconds(200))
        }
        Issue.record(what)
    }
}
