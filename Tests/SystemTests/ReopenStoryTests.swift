import Contracts
import Foundation
import TestSupport
import Testing

extension Stories {
    @Suite struct ReopenStoryTests {
        /// A person resolves too early and takes it back; the alert never stopped, and when it does, its sender ends the incident.
        @Test func reopenedIncidentIsResolvedByItsMonitoring() async throws {
            try await TocsinSystem.run { tocsin in
                try await tocsin.schedule("payments", primary: "alice", secondary: "bob")
                func report(_ body: String) async throws -> JSONValue {
                    let answer = try await tocsin.send("POST", .alertIngestion, "/api/v1/alerts", bearer: tocsin.ingestKey, body: body)
                    #expect(answer.status == 201, "\(answer.body)")
                    return try answer.json
                }
                let fires = #"{"service":"db","severity":"critical","message":"down","dedup_key":"db/1","labels":{"team":"payments"}}"#
                let id = try #require(try await report(fires)["incident_id"]?.string)
                try await tocsin.settle()
                #expect(try await tocsin.act("resolve", on: id).status == 200)
                try await tocsin.settle()
                #expect(try await report(fires)["action"]?.string == "absorbed_after_manual_resolve")
                #expect(try await tocsin.act("reopen", on: id).status == 200)
                try await tocsin.settle()
                #expect(try tocsin.mailed() == ["alice@example.org", "alice@example.org"])
                #expect(try await report(fires)["incident_id"]?.string == id)
                let end = try await report(#"{"status":"resolved","dedup_key":"db/1"}"#)
                #expect(end["action"]?.string == "resolved_incident" && end["incident_id"]?.string == id)
                try await tocsin.settle()
                let incident = try await tocsin.incident(id)
                #expect(
                    incident["status"]?.string == "resolved" && incident["resolved_by"]?.string == "monitoring", "\(incident.serialized)")
                try await tocsin.advance(minutes: 60)
                #expect(try tocsin.mailed().count == 2)
            }
        }
    }
}
