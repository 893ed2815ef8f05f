import AlertIngestion
import Contracts
import Foundation
import HTTPTypes
import ServiceKit
import Testing

@Suite struct IntakeTests {
    @Test func theFirstPostCreatesAnIncidentAndARepeatAttaches() async throws {
        try await withAlerting { api in
            let (_, key) = try await api.integration()
            let first = try await api.post(AlertingAPI.alert, key: key)
            let second = try await api.post(AlertingAPI.alert, key: key)
            #expect(first.status == 201 && second.status == 201)
            #expect(first.json["status"]?.string == "correlated" && first.json["action"]?.string == "created_new_incident")
            #expect(second.json["action"]?.string == "attached_to_existing_incident")
            #expect(first.json["alert_id"] == second.json["alert_id"] && first.json["incident_id"] == second.json["incident_id"])
            #expect(first.json["dedup_key"]?.string?.hasPrefix("auto:1:") == true)
            #expect(AlertID(first.json["alert_id"]?.string ?? "") != nil && IncidentID(first.json["incident_id"]?.string ?? "") != nil)
        }
    }

    @Test func whoeverSentAnAlertMaySayThatItIsOver() async throws {
        try await withAlerting { api in
            let (_, key) = try await api.integration()
            let end = #"{"status":"resolved","dedup_key":"db/1"}"#
            let nothing = try await api.post(end, key: key)
            #expect(nothing.status == 201 && nothing.json["status"]?.string == "ignored", "\(nothing.text)")
            #expect(try await api.store.counts("alert", "open_alert", "outbox") == [0, 0, 0])
            let opened = try await api.post(#"{"service":"db","severity":"high","message":"down","dedup_key":"db/1"}"#, key: key)
            let other = try await api.post(end, key: try await api.integration(#"{"name":"other"}"#).key)
            #expect(other.json["action"]?.string == "resolve_without_open")
            let ended = try await api.post(end, key: key)
            #expect(ended.json["action"]?.string == "resolved_incident" && ended.json["incident_id"] == opened.json["incident_id"])
            try await api.tick("outbox-incident-management")
            #expect(api.incidents.events.map(\.kind) == [.open, .resolve])
            #expect(try await api.store.counts("open_alert", "open_group") == [0, 0])
        }
    }

    @Test func whatComposingMakesTooLongIsTheSendersFaultAndNeverOurs() async throws {
        try await withAlerting { api in
            let (_, key) = try await api.integration()
            let long = String(repeating: "\u{0958}", count: 255)
            for field in ["service", "dedup_key"] {
                let rest = field == "service" ? "" : #","service":"a""#
                let answer = try await api.post(#"{"\#(field)":"\#(long)","severity":"low","message":"x"\#(rest)}"#, key: key)
                #expect(answer.status == 422 && answer.pointers == ["/\(field)"], "\(answer.text)")
            }
            let drafted = try await api.send(.post, "/api/v1/integrations", #"{"name":"long","service":"\#(long)"}"#, as: .admin)
            #expect(drafted.status == 422 && drafted.pointers == ["/service"], "\(drafted.text)")
            #expect(try await api.store.counts("alert", "outbox") == [0, 0])
        }
    }

    @Test func itIsStoredBeforeItIsAnswered() async throws {
        try await withAlerting { api in
            let (_, key) = try await api.integration()
            let answer = try await api.post(AlertingAPI.alert, key: key)
            #expect(try await api.store.counts("alert", "open_alert", "open_group", "outbox") == [1, 1, 1, 1])
            try await api.tick("outbox-incident-management")
            #expect(api.incidents.events.map(\.incidentID.description) == [answer.json["incident_id"]?.string])
        }
    }

    @Test func noOrAWrongKeyIsTheSame401AndStoresNothing() async throws {
        try await withAlerting { api in
            let (id, key) = try await api.integration()
            let wrong = String(key.reversed())
            var answers = [
                try await api.send(.post, "/api/v1/alerts", AlertingAPI.alert), try await api.post(AlertingAPI.alert, key: wrong),
                try await api.post(AlertingAPI.alert, key: "short"), try await api.post(AlertingAPI.alert, key: wrong),
                try await api.send(.post, "/integrations/alertmanager/\(wrong)", "[]"),
                try await api.send(.post, "/integrations/alertmanager/x/api/v2/alerts", "not json"),
                try await api.send(.post, "/api/v2/alerts?key=\(key)", "[]"),
            ]
            #expect(try await api.send(.delete, "/api/v1/integrations/\(id)", as: .admin).status == 204)
            answers.append(try await api.post(AlertingAPI.alert, key: key))
            for answer in answers {
                #expect(answer.status == 401 && answer.headers[.wwwAuthenticate] != nil)
                #expect(answer.json["detail"] == answers[0].json["detail"] && answer.code == "unauthorized")
            }
            #expect(try await api.store.counts("alert", "outbox") == [0, 0])
        }
    }

    @Test func aKeyIsTakenInEveryHeaderSendersUse() async throws {
        try await withAlerting { api in
            let (_, key) = try await api.integration()
            for headers: HTTPFields in [
                [.authorization: "Bearer \(key)"], [.apiKey: key], [.authorization: "GenieKey \(key)"],
            ] {
                #expect(try await api.send(.post, "/api/v1/alerts", AlertingAPI.alert, headers: headers).status == 201)
            }
            #expect(try await api.send(.post, "/v1/alerts", AlertingAPI.alert, headers: [.apiKey: key]).status == 201)
            #expect(try await api.send(.get, "/api/v1/alerts", headers: [.apiKey: key]).status == 403)
        }
    }

    @Test func faultsAreNamedAllAtOnceAndNothingIsStored() async throws {
        try await withAlerting { api in
            let (_, key) = try await api.integration()
            let answer = try await api.post(#"{"service":" ","severity":"urgent","labels":{"a":1},"x":1}"#, key: key)
            #expect(answer.status == 422 && answer.code == "invalid_fields")
            #expect(Set(answer.pointers) == ["/service", "/severity", "/message", "/labels/a", "/x"])
            #expect(answer.headers[.contentType] == "application/problem+json")
            #expect(try await api.store.counts("alert", "outbox") == [0, 0])
        }
    }

    @Test(arguments: [
        ("{", 400), ("null", 400), (#""x""#, 400), (#"{"service":"a","service":"b","severity":"high","message":"x"}"#, 400),
        (#"{"service":"a\u0000","severity":"high","message":"x"}"#, 400), (String(repeating: "[", count: 33), 400),
        (#"{"version":"4","alerts":1,"groupKey":"x"}"#, 422), (#"{"version":"3","alerts":[],"groupKey":"x"}"#, 422),
        ("[" + Array(repeating: "1", count: 1_001).joined(separator: ",") + "]", 413),
    ])
    func brokenBodiesAreRefusedAndNothingIsStored(_ body: String, _ status: Int) async throws {
        try await withAlerting { api in
            let (_, key) = try await api.integration()
            let answer = try await api.post(body, key: key)
            #expect(answer.status == status && answer.headers[.contentType] == "application/problem+json", "\(answer.text)")
            #expect(try await api.store.counts("alert", "quarantine", "outbox") == [0, 0, 0])
        }
    }

    @Test func repliesAreRepeatedUnderAnIdempotencyKey() async throws {
        try await withAlerting { api in
            let (_, key) = try await api.integration()
            let once: HTTPFields = [.idempotencyKey: "\"try-1\""]
            let first = try await api.post(AlertingAPI.alert, key: key, headers: once)
            let again = try await api.post(AlertingAPI.alert, key: key, headers: [.idempotencyKey: "try-1"])
            #expect(again.status == 201 && again.text == first.text && again.headers[.idempotencyReplayed] == "true")
            #expect(first.headers[.idempotencyReplayed] == nil)
            let other = try await api.post(#"{"service":"a","severity":"low","message":"x"}"#, key: key, headers: once)
            #expect(other.status == 422 && other.code == "idempotency_key_reused")
            for bad in ["", String(repeating: "k", count: 256)] {
                #expect(try await api.post(AlertingAPI.alert, key: key, headers: [.idempotencyKey: bad]).status == 400)
            }
            #expect(try await api.store.openAlerts().map(\.count) == [1])
        }
    }

    @Test func peopleMayReportToo() async throws {
        try await withAlerting { api in
            #expect(try await api.send(.post, "/api/v1/alerts", AlertingAPI.alert, as: .viewer).status == 403)
            let answer = try await api.send(.post, "/api/v1/alerts", AlertingAPI.alert, as: .responder)
            #expect(answer.status == 201 && answer.json["action"]?.string == "created_new_incident")
        }
    }

    @Test func whatCameInIsCounted() async throws {
        try await withAlerting { api in
            let (_, key) = try await api.integration()
            for _ in 1...3 { _ = try await api.post(AlertingAPI.alert, key: key) }
            let metrics = try await api.send(.get, "/metrics").text
            for line in [
                #"alerts_received_total{severity="high"} 3"#, #"alerts_received_total{severity="low"} 0"#,
                #"alerts_correlated_total{result="new_incident"} 1"#, #"alerts_correlated_total{result="existing_incident"} 2"#,
                #"tocsin_alert_decisions_total{decision="duplicate_suppressed"} 2"#,
            ] {
                #expect(metrics.contains(line), "\(line)")
            }
            #expect(
                metrics.contains("tocsin_ingest_batch_alerts_bucket") && metrics.contains("tocsin_ingest_accept_duration_seconds_count 3"))
        }
    }
}
