import AlertIngestion
import Auth
import Contracts
import Foundation
import HTTPTypes
import TestSupport
import Testing

/// What Alertmanager and Prometheus really send, end to end through the daemon.
@Suite struct VendorIntakeTests {
    private func webhook(_ alerts: [(String, String)], startsAt: String = "2026-03-02T09:00:00Z") -> String {
        let items = alerts.map { name, status in
            #"{"status":"\#(status)","labels":{"alertname":"\#(name)","service":"db","severity":"critical"},"startsAt":"\#(startsAt)","endsAt":"0001-01-01T00:00:00Z"}"#
        }
        return #"{"version":"4","groupKey":"{}:{service=\"db\"}","status":"firing","alerts":[\#(items.joined(separator: ","))]}"#
    }

    @Test func theSniffingUrlTakesAlertmanagersWebhook() async throws {
        try await withAlerting { api in
            let (_, key) = try await api.integration()
            let firing = try await api.post(try Recorded("alertmanager-0.25-webhook-firing").body, key: key)
            #expect(firing.status == 200 && firing.json["accepted"]?.integer == 1 && firing.json["status"]?.string == "success")
            #expect(firing.json["items"]?.array?.first?["action"]?.string == "created_new_incident")
            let resolved = try await api.post(try Recorded("alertmanager-0.25-webhook-resolved").body, key: key)
            #expect(resolved.json["items"]?.array?.first?["action"]?.string == "resolved_incident")
            try await api.tick("outbox-incident-management")
            #expect(api.incidents.events.map(\.kind) == [.open, .resolve])
            #expect(api.incidents.events[0].alert.title == "Error rate above 5% on" && api.incidents.events[0].alert.team == "payments")
        }
    }

    /// A5 of behaviours.md.
    @Test func threeAlertsOfAGroupAreOneIncidentThatResolvesWithTheLast() async throws {
        try await withAlerting { api in
            let (_, key) = try await api.integration(#"{"name":"am","kind":"alertmanager"}"#)
            let path = "/integrations/alertmanager/\(key)"
            let firing = try await api.send(.post, path, webhook([("A", "firing"), ("B", "firing"), ("C", "firing")]))
            #expect(firing.status == 200 && Set(firing.json["items"]?.array?.compactMap { $0["incident_id"] } ?? []).count == 1)
            _ = try await api.send(.post, path, webhook([("A", "resolved"), ("B", "firing"), ("C", "firing")]))
            _ = try await api.send(.post, path, webhook([("A", "resolved"), ("B", "resolved"), ("C", "firing")]))
            try await api.tick("outbox-incident-management")
            #expect(api.incidents.events.map(\.kind) == [.open] && api.incidents.events[0].alert.alertCount == 3)
            _ = try await api.send(.post, path, webhook([("A", "resolved"), ("B", "resolved"), ("C", "resolved")]))
            try await api.tick("outbox-incident-management")
            #expect(api.incidents.events.map(\.kind) == [.open, .resolve])
        }
    }

    @Test func aBadAlertOfABatchIsQuarantinedAndTheAnswerIs2xx() async throws {
        try await withAlerting { api in
            let (_, key) = try await api.integration()
            let body = webhook([("A", "firing"), ("B", "firing")]).replacing(
                #""status":"firing","labels":{"alertname":"B""#, with: #""status":"?","labels":{"alertname":"B""#)
            let answer = try await api.post(body, key: key)
            #expect(answer.status == 200 && answer.json["accepted"]?.integer == 1 && answer.json["quarantined"]?.integer == 1)
            let shown = try await api.send(.get, "/api/v1/quarantine", as: .viewer)
            #expect(shown.json.array?.first?["faults"]?.array?.first?["pointer"]?.string == "/alerts/1/status")
            #expect(try await api.send(.get, "/metrics").text.contains("tocsin_alerts_quarantined_total 1"))
        }
    }

    @Test(arguments: ["/api/v1/alerts", "/api/v2/alerts", "/integrations/alertmanager/KEY/api/v2/alerts", "/integrations/alertmanager/KEY"])
    func prometheusIsUnderstoodAtEveryPathItKnows(_ path: String) async throws {
        try await withAlerting { api in
            let (_, key) = try await api.integration()
            api.clock.set(try instant("2026-11-21T04:05:10Z"))
            let body = try Recorded("prometheus-2.42-api-v2-firing").body
            let path = path.replacing("KEY", with: key)
            let answer = path.contains(key) ? try await api.send(.post, path, body) : try await api.post(body, to: path, key: key)
            #expect(answer.status == 200 && answer.json["items"]?.array?.first?["dedup_key"]?.string == "am:a180aa4c1498b83b")
        }
    }

    @Test func aSilentPrometheusResolvesAtItsLastEndsAt() async throws {
        try await withAlerting { api in
            let (_, key) = try await api.integration()
            api.clock.set(try instant("2026-11-21T04:05:10Z"))
            _ = try await api.post(try Recorded("prometheus-2.42-api-v2-firing").body, key: key)
            api.clock.advance(by: .seconds(5))
            _ = try await api.post(try Recorded("prometheus-2.42-api-v2-later").body, key: key)
            api.clock.set(try instant("2026-11-21T04:05:22.5Z"))
            try await api.tick("alert-expiry")
            #expect(try await api.store.counts("open_alert") == [1])
            api.clock.set(try instant("2026-11-21T04:05:23.119Z"))
            try await api.tick("alert-expiry")
            try await api.tick("outbox-incident-management")
            #expect(api.incidents.events.map(\.kind) == [.open, .resolve])
        }
    }

    @Test func aResolvedBatchSentFourTimesIsIdempotent() async throws {
        try await withAlerting { api in
            let (_, key) = try await api.integration()
            api.clock.set(try instant("2026-11-21T04:05:10Z"))
            let body = try Recorded("prometheus-2.42-api-v2-firing").body
            _ = try await api.post(body, key: key)
            api.clock.set(try instant("2026-11-21T04:06:00Z"))
            for _ in 1...4 { #expect(try await api.post(body, key: key).status == 200) }
            try await api.tick("outbox-incident-management")
            #expect(api.incidents.events.map(\.kind) == [.open, .resolve])
        }
    }

    @Test func afterAManualResolveOnlyANewBeginningPagesAgain() async throws {
        try await withAlerting { api in
            let (_, key) = try await api.integration()
            let first = try await api.post(webhook([("A", "firing")]), key: key)
            let incident = try #require(IncidentID(first.json["items"]?.array?.first?["incident_id"]?.string ?? ""))
            try await api.tick("outbox-incident-management")
            api.incidents.end(incident)
            #expect(try await api.close(incident).status == 204)
            #expect(try await api.close(incident).status == 204)
            api.clock.advance(by: .seconds(3_600))
            let again = try await api.post(webhook([("A", "firing")]), key: key)
            #expect(again.json["items"]?.array?.first?["action"]?.string == "absorbed_after_manual_resolve")
            #expect(again.json["items"]?.array?.first?["status"]?.string == "suppressed")
            let anew = try await api.post(webhook([("A", "firing")], startsAt: "2026-03-02T10:00:00Z"), key: key)
            #expect(anew.json["items"]?.array?.first?["action"]?.string == "created_new_incident")
        }
    }

    @Test func endToldAgainAfterTheReopeningLeavesTheGroupOpen() async throws {
        try await withAlerting { api in
            let (_, key) = try await api.integration()
            let first = try await api.post(webhook([("A", "firing")]), key: key)
            let incident = try #require(IncidentID(first.json["items"]?.array?.first?["incident_id"]?.string ?? ""))
            try await api.tick("outbox-incident-management")
            let last = api.incidents.end(incident)
            #expect(try await api.close(incident, after: last).status == 204)
            let news = api.incidents.reopen(incident, at: api.clock.now)
            let token = try api.tokens.make(from: .incidentManagement, to: .alertIngestion)
            let reopened = try await api.send(
                .post, InternalPath.reopened(incident), try WireJSON.encodeText(news), headers: [.authorization: "Bearer \(token)"])
            #expect(reopened.status == 204)
            #expect(try await api.close(incident, after: last).status == 204)
            #expect(try await api.store.openGroups().map(\.incidentID) == [incident])
        }
    }

    @Test func onlyADaemonMayCloseAGroup() async throws {
        try await withAlerting { api in
            let incident = IncidentID.make(at: api.clock.now)
            let body = try WireJSON.encodeText(IncidentClosed(incidentID: incident, reason: .resolved, closedAt: api.clock.now))
            #expect(try await api.send(.post, InternalPath.closed(incident), body).status == 401)
            #expect(try await api.send(.post, InternalPath.closed(incident), body, as: .admin).status == 403)
            #expect(try await api.close(incident).status == 204)
            let other = IncidentID.make(at: api.clock.now)
            let token = try api.tokens.make(from: .incidentManagement, to: .alertIngestion)
            let mixed = try await api.send(.post, InternalPath.closed(other), body, headers: [.authorization: "Bearer \(token)"])
            #expect(mixed.status == 422 && mixed.pointers == ["/incident_id"])
            let before = try await api.close(incident, after: -1)
            #expect(before.status == 422 && before.pointers == ["/group_seq"])
        }
    }
}
