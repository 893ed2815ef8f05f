import Contracts
import Foundation
import Postgres
import TestSupport
import Testing

extension Stories {
    @Suite struct AuditStoryTests {
        /// I8: the news of an accepted alert is gone without a trace, as no daemon of ours would lose it; the audit finds it by comparing.
        @Test func acceptedAlertThatNobodyHeardOfIsToldByTheAudit() async throws {
            try await TocsinSystem.run { tocsin in
                try await tocsin.schedule("payments", primary: "alice", secondary: "bob")
                let lost = try #require(try await tocsin.alert("checkout", team: "payments")["incident_id"]?.string)
                try await tocsin.database.administrator().api.execute("DELETE FROM alerting.outbox")
                try await tocsin.settle()
                #expect(try tocsin.mailed().isEmpty)
                try await tocsin.advance(minutes: 1)
                #expect(try tocsin.mailed() == ["alice@example.org"])
                #expect(try await tocsin.incident(lost)["code"]?.string == "not_found")
                let again = try await tocsin.alert("checkout", team: "payments")
                #expect(again["action"]?.string == "attached_to_existing_incident")
                let id = try #require(again["incident_id"]?.string)
                #expect(id != lost)
                #expect(try await tocsin.incident(id)["status"]?.string == "open")
                let metrics = try await tocsin.send("GET", .incidentManagement, "/metrics", bearer: tocsin.token).body
                #expect(metrics.contains(#"tocsin_invariant_violations{invariant="I8"} 0"#))
            }
        }
    }
}
