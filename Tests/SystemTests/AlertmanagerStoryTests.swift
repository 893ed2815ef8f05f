import Contracts
import Foundation
import TestSupport
import Testing

extension Stories {
    @Suite struct AlertmanagerStoryTests {
        /// A webhook as Alertmanager 0.25 sends it, for one or more instances of one group.
        static func webhook(_ alerts: [(instance: String, status: String, startsAt: String)], team: String = "payments") -> String {
            let items = alerts.map { alert in
                """
                {"status":"\(alert.status)","labels":{"alertname":"HighErrorRate","service":"checkout","severity":"critical","team":"\(team)",\
                "instance":"\(alert.instance)"},"annotations":{"summary":"Error rate above 5%"},"startsAt":"\(alert.startsAt)",\
                "endsAt":"\(alert.status == "resolved" ? alert.startsAt : "0001-01-01T00:00:00Z")",\
                "generatorURL":"http://prometheus.example/graph","fingerprint":"\(alert.instance.padding(toLength: 16, withPad: "0", startingAt: 0))"}
                """
            }
            return """
                {"receiver":"hook","status":"firing","alerts":[\(items.joined(separator: ","))],"groupLabels":{"alertname":"HighErrorRate"},\
                "commonLabels":{},"commonAnnotations":{},"externalURL":"http://alertmanager.example","version":"4",\
                "groupKey":"{}:{alertname=\\"HighErrorRate\\"}","truncatedAlerts":0}
                """
        }

        private func post(_ tocsin: TocsinSystem, _ alerts: [(String, String, String)]) async throws {
            let answer = try await tocsin.send(
                "POST", .alertIngestion, "/api/v1/alerts", bearer: tocsin.ingestKey,
                body: Self.webhook(alerts.map { (instance: $0.0, status: $0.1, startsAt: $0.2) })
            )
            #expect((200...299).contains(answer.status), "\(answer.body)")
            try await tocsin.settle()
        }

        private func incidents(_ tocsin: TocsinSystem) async throws -> [JSONValue] {
            try await tocsin.send("GET", .incidentManagement, "/api/v1/incidents", bearer: tocsin.token).json.array ?? []
        }

        @Test func groupOfThreeIsOneIncidentThatResolvesWithTheLastOfThem() async throws {
            try await TocsinSystem.run { tocsin in
                try await tocsin.schedule("payments", primary: "alice", secondary: "bob")
                let at = "2026-03-02T09:30:00Z"
                try await post(tocsin, [("a1", "firing", at), ("b2", "firing", at), ("c3", "firing", at)])
                #expect(try await incidents(tocsin).count == 1)
                #expect(try tocsin.mailed() == ["alice@example.org"])
                try await post(tocsin, [("a1", "resolved", at), ("b2", "resolved", at), ("c3", "firing", at)])
                #expect(try await incidents(tocsin).first?["status"]?.string == "open")
                try await post(tocsin, [("c3", "resolved", at)])
                let incident = try #require(try await incidents(tocsin).first)
                #expect(incident["status"]?.string == "resolved")
                #expect(incident["resolved_by"]?.string == "monitoring")
                try await tocsin.advance(minutes: 60)
                #expect(try tocsin.mailed() == ["alice@example.org"])
            }
        }

        @Test func alertThatKeepsFiringAfterAPersonsResolvePagesNobodyUntilItStartsAnew() async throws {
            try await TocsinSystem.run { tocsin in
                try await tocsin.schedule("payments", primary: "alice", secondary: "bob")
                let at = "2026-03-02T09:30:00Z"
                try await post(tocsin, [("a1", "firing", at)])
                let id = try #require(try await incidents(tocsin).first?["id"]?.string)
                #expect(try await tocsin.act("resolve", on: id).status == 200)
                try await tocsin.settle()
                for _ in 0..<5 {
                    try await tocsin.advance(minutes: 1)
                    try await post(tocsin, [("a1", "firing", at)])
                }
                #expect(try await incidents(tocsin).count == 1)
                #expect(try tocsin.mailed() == ["alice@example.org"])

                try await post(tocsin, [("a1", "firing", "2026-03-02T09:40:00Z")])
                #expect(try await incidents(tocsin).count == 2)
                #expect(try tocsin.mailed() == ["alice@example.org", "alice@example.org"])
            }
        }
    }
}
