import AlertIngestion
import Contracts
import Foundation
import HTTPTypes
import ServiceKit
import TestSupport
import Testing

@Suite struct AlertListTests {
    private func fill(_ api: AlertingAPI) async throws {
        for index in 0..<6 {
            api.clock.advance(by: .seconds(60))
            let severity: Severity = index.isMultiple(of: 2) ? .high : .low
            try await api.store.send([
                Samples.event("key-\(index)", severity: severity, service: index < 3 ? "checkout" : "search")
            ])
        }
        try await api.store.send([Samples.event("key-0", .resolve)])
    }

    private func titles(_ api: AlertingAPI, _ query: String) async throws -> [String] {
        let answer = try await api.send(.get, "/api/v1/alerts?\(query)", as: .viewer)
        return (answer.json.array ?? []).compactMap { $0["title"]?.string }
    }

    @Test func alertsAreListedNewestFirstAndNarrowed() async throws {
        try await withAlerting { api in
            try await fill(api)
            #expect(try await titles(api, "") == (0..<6).reversed().map { "Alert key-\($0)" })
            #expect(try await titles(api, "status=resolved") == ["Alert key-0"])
            #expect(try await titles(api, "status=firing&service=checkout") == ["Alert key-2", "Alert key-1"])
            #expect(try await titles(api, "severity=low&source=test") == ["Alert key-5", "Alert key-3", "Alert key-1"])
            #expect(try await titles(api, "q=KEY-4") == ["Alert key-4"])
            for nothing in ["q=%25", "q=key_4"] { #expect(try await titles(api, nothing).isEmpty) }
            let since = Samples.start.addingTimeInterval(240).rfc3339
            #expect(
                try await titles(api, "since=\(since)&until=\(Samples.start.addingTimeInterval(360).rfc3339)") == [
                    "Alert key-4", "Alert key-3",
                ])
        }
    }

    @Test func pagesFollowEachOtherByTheirLinks() async throws {
        try await withAlerting { api in
            try await fill(api)
            var path = "/api/v1/alerts?limit=4&source=test"
            var seen: [String] = []
            for _ in 0..<3 {
                let answer = try await api.send(.get, path, as: .viewer)
                seen += (answer.json.array ?? []).compactMap { $0["title"]?.string }
                guard let link = answer.headers[.link] else { break }
                path = String(link.dropFirst().prefix { $0 != ">" })
            }
            #expect(seen == (0..<6).reversed().map { "Alert key-\($0)" })
        }
    }

    @Test func oneAlertShowsItsPayload() async throws {
        try await withAlerting { api in
            let (id, key) = try await api.integration()
            let posted = try await api.post(AlertingAPI.alert, key: key)
            _ = try await api.post(AlertingAPI.alert, key: key)
            let alert = try await api.send(.get, "/api/v1/alerts/\(posted.json["alert_id"]?.string ?? "")", as: .viewer)
            #expect(alert.status == 200 && alert.json["raw"]?["message"]?.string == "HTTP 5xx error rate > 10%")
            #expect(
                alert.json["count"]?.integer == 2 && alert.json["status"]?.string == "firing" && alert.json["integration_id"]?.string == id)
            #expect(try await api.send(.get, "/api/v1/alerts/\(AlertID.make(at: api.clock.now))", as: .viewer).status == 404)
            #expect(try await api.send(.get, "/api/v1/alerts/1", as: .viewer).status == 404)
        }
    }

    @Test(arguments: [
        "status=open", "severity=urgent", "limit=0", "limit=201", "limit=1&limit=2", "cursor=x", "since=yesterday", "incident_id=1",
    ])
    func whatCannotBeAskedIsA400(_ query: String) async throws {
        try await withAlerting { api in
            let answer = try await api.send(.get, "/api/v1/alerts?\(query)", as: .viewer)
            #expect(answer.status == 400)
        }
    }

    @Test func listsNeedAViewer() async throws {
        try await withAlerting { api in
            for path in ["/api/v1/alerts", "/api/v1/alerts/1", "/api/v1/quarantine", "/api/v1/integrations"] {
                let answer = try await api.send(.get, path)
                #expect(answer.status == 401, "\(path)")
            }
        }
    }
}

@Suite struct IntegrationTests {
    @Test func anIntegrationShowsItsKeyOnce() async throws {
        try await withAlerting { api in
            let made = try await api.send(
                .post, "/api/v1/integrations",
                #"{"name":"Prometheus prod","kind":"prometheus","default_severity":"high","service":"infra","team":"ops"}"#, as: .admin)
            #expect(made.status == 201 && made.json["key"]?.string?.utf8.count == 32)
            let id = try #require(made.json["id"]?.string)
            let shown = try await api.send(.get, "/api/v1/integrations/\(id)", as: .admin)
            #expect(shown.json["key"] == nil && shown.json["default_severity"]?.string == "high" && shown.json["team"]?.string == "ops")
            let list = try await api.send(.get, "/api/v1/integrations", as: .admin)
            #expect(list.json.array?.count == 1 && !list.text.contains(made.json["key"]?.string ?? "?"))
            #expect(!api.log.entries.contains { "\($0)".contains(made.json["key"]?.string ?? "?") })
        }
    }

    @Test func namesAreUniqueAmongTheLiving() async throws {
        try await withAlerting { api in
            let (id, _) = try await api.integration()
            let again = try await api.send(.post, "/api/v1/integrations", #"{"name":"tests"}"#, as: .admin)
            #expect(again.status == 409 && again.code == "name_taken")
            #expect(try await api.send(.delete, "/api/v1/integrations/\(id)", as: .admin).status == 204)
            #expect(try await api.send(.delete, "/api/v1/integrations/\(id)", as: .admin).status == 404)
            #expect(try await api.send(.get, "/api/v1/integrations/\(id)", as: .admin).status == 404)
            _ = try await api.integration()
        }
    }

    @Test func onlyAdminsManageThem() async throws {
        try await withAlerting { api in
            for role in [Role.viewer, .responder] {
                #expect(try await api.send(.post, "/api/v1/integrations", #"{"name":"x"}"#, as: role).status == 403)
                #expect(try await api.send(.get, "/api/v1/integrations", as: role).status == 403)
            }
            let bad = try await api.send(.post, "/api/v1/integrations", #"{"name":"","kind":"x","key":"y"}"#, as: .admin)
            #expect(bad.status == 422 && Set(bad.pointers) == ["/name", "/kind", "/key"])
        }
    }

    @Test func whatAnIntegrationAssumesFillsTheGaps() async throws {
        try await withAlerting { api in
            let (_, key) = try await api.integration(#"{"name":"x","service":"infra","team":"ops","default_severity":"low"}"#)
            let body = #"[{"labels":{"alertname":"A"}}]"#
            let posted = try await api.post(body, key: key)
            let id = posted.json["items"]?.array?.first?["alert_id"]?.string ?? ""
            let alert = try await api.send(.get, "/api/v1/alerts/\(id)", as: .viewer)
            #expect(
                alert.json["service"]?.string == "infra" && alert.json["team"]?.string == "ops" && alert.json["severity"]?.string == "low")
        }
    }
}
