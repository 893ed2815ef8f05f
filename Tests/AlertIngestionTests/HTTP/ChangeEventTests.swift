import AlertIngestion
import Contracts
import Foundation
import HTTPTypes
import Postgres
import ServiceKit
import TestSupport
import Testing
import WorkQueue

@Suite struct ChangeEventTests {
    private static let path = "/v2/change/enqueue"

    private func body(_ key: String, _ summary: String = "checkout 1.4.2 deployed", service: String = "checkout") -> String {
        #"{"routing_key":"\#(key)","payload":{"summary":"\#(summary)","timestamp":"2026-03-02T09:00:00Z","source":"ci","#
            + #""custom_details":{"service":"\#(service)","startedBy":"alice","seconds":1.50}},"links":[{"href":"https://ci/812"}]}"#
    }

    private func list(_ api: AlertingAPI, _ query: String = "") async throws -> [JSONValue] {
        try await api.send(.get, "/api/v1/change-events?\(query)", as: .viewer).json.array ?? []
    }

    @Test func aChangeIsKeptAsItWasToldAndAnsweredAsPagerDutyDoes() async throws {
        try await withAlerting { api in
            let (id, key) = try await api.integration()
            let answer = try await api.send(.post, Self.path, body(key))
            #expect(answer.status == 202 && answer.json["status"]?.string == "success")
            #expect(answer.json["message"]?.string == "Change event processed")
            let change = try #require(try await list(api).first)
            #expect(change["id"] == answer.json["id"] && change["integration_id"]?.string == id)
            #expect(change["summary"]?.string == "checkout 1.4.2 deployed" && change["service"]?.string == "checkout")
            #expect(change["timestamp"]?.string == "2026-03-02T09:00:00Z" && change["received_at"]?.string == api.clock.now.rfc3339)
            #expect(change["custom_details"]?["startedBy"]?.string == "alice" && change["links"]?.array?.count == 1)
            #expect(try await api.store.counts("change_event", "alert", "outbox") == [1, 0, 0])
            #expect(try await api.send(.get, "/metrics").text.contains("tocsin_change_events_total 1"))
            #expect(!api.log.entries.contains { "\($0)".contains(key) })
        }
    }

    @Test func aRecordedClientIsUnderstood() async throws {
        try await withAlerting { api in
            let (_, key) = try await api.integration()
            let sent = try Recorded("pdpyras-5.4-change-enqueue").body.replacing(String(repeating: "R", count: 32), with: key)
            #expect(try await api.send(.post, Self.path, sent).status == 202)
        }
    }

    @Test func withoutARightKeyNothingIsKept() async throws {
        try await withAlerting { api in
            let (id, key) = try await api.integration()
            for wrong in [body(String(key.reversed())), body("short"), #"{"payload":{"summary":"x"}}"#, #"{"routing_key":7}"#] {
                let answer = try await api.send(.post, Self.path, wrong)
                #expect(answer.status == 401 && answer.code == "unauthorized")
            }
            // Only the body's key counts: what a header says is not even looked at.
            #expect(try await api.post(#"{"payload":{"summary":"x"}}"#, to: Self.path, key: key).status == 401)
            _ = try await api.send(.delete, "/api/v1/integrations/\(id)", as: .admin)
            #expect(try await api.send(.post, Self.path, body(key)).status == 401)
            let invalid = try await api.send(.post, Self.path, "[]")
            #expect(invalid.status == 400)
            #expect(try await api.store.counts("change_event") == [0])
        }
    }

    @Test func aBodyThatCannotBeReadIsA422() async throws {
        try await withAlerting { api in
            let (_, key) = try await api.integration()
            let answer = try await api.send(.post, Self.path, #"{"routing_key":"\#(key)","payload":{}}"#)
            #expect(answer.status == 422 && answer.pointers == ["/payload/summary"])
        }
    }

    @Test func aRepeatUnderOneKeyIsTheSameChange() async throws {
        try await withAlerting { api in
            let (_, key) = try await api.integration()
            let header: HTTPFields = [.idempotencyKey: "deploy-812"]
            let first = try await api.send(.post, Self.path, body(key), headers: header)
            let again = try await api.send(.post, Self.path, body(key), headers: header)
            #expect(first.text == again.text && again.status == 202 && again.headers[.idempotencyReplayed] == "true")
            let other = try await api.send(.post, Self.path, body(key, "another"), headers: header)
            #expect(other.status == 422 && other.code == "idempotency_key_reused")
            // Keys are each sender's own.
            let (_, stranger) = try await api.integration(#"{"name":"other"}"#)
            #expect(try await api.send(.post, Self.path, body(stranger), headers: header).status == 202)
            #expect(try await api.store.counts("change_event") == [2])
        }
    }

    @Test func changesAreListedNewestFirstNarrowedAndPaged() async throws {
        try await withAlerting { api in
            let (_, key) = try await api.integration()
            for index in 0..<5 {
                api.clock.advance(by: .seconds(60))
                let service = index.isMultiple(of: 2) ? "checkout" : "search"
                #expect(try await api.send(.post, Self.path, body(key, "change \(index)", service: service)).status == 202)
            }
            func summaries(_ query: String) async throws -> [String] { try await list(api, query).compactMap { $0["summary"]?.string } }
            #expect(try await summaries("") == [4, 3, 2, 1, 0].map { "change \($0)" })
            #expect(try await summaries("service=search") == ["change 3", "change 1"])
            let (since, until) = (Samples.start.addingTimeInterval(120).rfc3339, Samples.start.addingTimeInterval(240).rfc3339)
            #expect(try await summaries("since=\(since)&until=\(until)") == ["change 2", "change 1"])
            var path = "/api/v1/change-events?limit=2"
            var seen: [String] = []
            for _ in 0..<4 {
                let answer = try await api.send(.get, path, as: .viewer)
                seen += (answer.json.array ?? []).compactMap { $0["summary"]?.string }
                guard let link = answer.headers[.link] else { break }
                path = String(link.dropFirst().prefix { $0 != ">" })
            }
            #expect(seen == [4, 3, 2, 1, 0].map { "change \($0)" })
            #expect(try await api.send(.get, "/api/v1/change-events").status == 401)
            for wrong in ["cursor=x", "since=yesterday", "limit=0"] {
                #expect(try await api.send(.get, "/api/v1/change-events?\(wrong)", as: .viewer).status == 400)
            }
        }
    }

    @Test func monthsAreMadeAheadAndDroppedWithTheAlerts() async throws {
        try await Store.run { store in
            let lane = store.database.workers
            #expect(try await TimePartitions.changes(lane).makeAhead(now: store.clock.now) == 2)
            let changes = ChangeStore(store.database.api, idempotency: IdempotencyStore(schema: "alerting"))
            let change = try ChangeFormat.parse(try json(#"{"payload":{"summary":"x"}}"#), Samples.context())
            _ = try await changes.record(change, under: nil, answer: IngestAnswer(status: 202, body: "{}"))
            #expect(try await store.counts("change_event_202603", "change_event_default") == [1, 0])
            let retention = AlertRetention(alerts: 40 * 86_400, dead: nil, lane)
            for (days, left) in [(40, 1), (70, 0)] {
                let now = Samples.start.addingTimeInterval(Double(days) * 86_400)
                for job in retention.jobs { _ = try await job.run(now: now) }
                #expect(try await store.counts("change_event") == [left])
            }
        }
    }
}
