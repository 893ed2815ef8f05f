import Contracts
import Foundation
import TestSupport
import Testing

extension KillTests {
    /// How much longer than planned a load may take: each outage costs a daemon's start, the last of them is near its end, and what piled up meanwhile
    /// comes on top of the rate. A load that is later was not under way during the outages as it should have been.
    private static let latenessLimit: Duration = .seconds(10)

    /// Counts, once everything has drained: all of the load accepted, nothing lost, nobody paged twice, nothing that must not be.
    ///
    /// - Parameters:
    ///   - title: begins the line that is printed.
    ///   - allowed: mails that may have come twice.
    static func judge(_ suite: ProcessSuite, _ load: Load, _ title: String, duplicates allowed: Int) async throws {
        let accepted = load.accepted
        #expect(accepted.count == load.size, "\(load.size - accepted.count) alerts were never accepted")
        let lateness = try #require(load.lateness)
        #expect(lateness <= latenessLimit, "the load did not keep its rate")
        let incidents = try await judgeIncidents(suite, accepted)
        let (pages, duplicates) = try await judgePages(suite, expected: accepted.count)
        #expect(duplicates <= allowed, "\(duplicates) mails came twice")
        try await audit(suite)
        print(
            "\(title), \(accepted.count) accepted, the last \(lateness) late, \(incidents) incidents, \(pages) pages, "
                + "\(duplicates) duplicates"
        )
    }

    private static func judgeIncidents(_ suite: ProcessSuite, _ accepted: Set<String>) async throws -> Int {
        let services = try await suite.cluster.sql("SELECT service FROM incident.incident")
        let missing = accepted.subtracting(services)
        #expect(missing.isEmpty, "\(missing.count) accepted alerts made no incident")
        #expect(services.count == Set(services).count, "a service has two incidents")
        return services.count
    }

    /// - Returns: how many pages there are, and how many mails came a second time.
    private static func judgePages(_ suite: ProcessSuite, expected: Int) async throws -> (pages: Int, duplicates: Int) {
        let pages = try await suite.cluster.sql("SELECT id FROM incident.page")
        #expect(pages.count >= expected)
        // The second level of an incident is another page; a slow machine may come to it.
        let twice = try await suite.cluster.sql(
            """
            SELECT p.incident_id FROM incident.page p JOIN incident.firing f ON f.id = p.firing_id
             GROUP BY p.incident_id, f.epoch, f.step, f.round HAVING count(*) > 1
            """)
        #expect(twice.isEmpty, "\(twice.count) incidents were paged under two ids")
        let mails = try suite.mail.mails()
        let different = Set(mails.map(\.messageID)).count
        let unsent = try await suite.cluster.sql("SELECT status, count(*) FROM incident.page WHERE status <> 'sent' GROUP BY status")
        #expect(different == pages.count, "\(pages.count) pages, \(different) different mails; not sent: \(unsent)")
        return (pages.count, mails.count - different)
    }

    /// The invariants I1 to I9, by the auditor itself: another engine's, whose first pass begins when it does.
    private static func audit(_ suite: ProcessSuite) async throws {
        try await suite.with(1, more: .incidentManagement) { engines in
            guard let engine = engines.first else { return }
            var lines: [Substring] = []
            // Its second pass, which would not see what the first has mended, comes a minute later.
            try await eventually("the auditor has looked") {
                lines = try await HTTPCall.send("GET", engine.url + "/metrics").body.split(separator: "\n")
                return lines.contains { line in
                    line.hasPrefix("tocsin_worker_ticks_total{") && line.contains(#"worker="auditor""#) && !line.hasSuffix(" 0")
                }
            }
            let lastClean = lines.first { $0.hasPrefix("tocsin_audit_last_clean_timestamp_seconds ") }
            let isClean = lastClean.map { !$0.hasSuffix(" 0") } ?? false
            let troubles = ["tocsin_invariant_violations{", "tocsin_audit_failures_total "]
            let broken = lines.filter { line in troubles.contains { line.hasPrefix($0) } && !line.hasSuffix(" 0") }
            #expect(isClean, "the audit found \(broken)")
        }
        // The auditor gives an attempt a minute (I9); everything is over by now.
        let underWay = try await suite.cluster.sql("SELECT id FROM notification.attempt WHERE state = 'started'")
        #expect(underWay.isEmpty, "\(underWay.count) attempts were left behind")
    }
}
