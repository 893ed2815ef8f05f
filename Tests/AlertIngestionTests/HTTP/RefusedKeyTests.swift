import AlertIngestion
import Auth
import Contracts
import Foundation
import HTTPTypes
import Postgres
import TestSupport
import Testing

/// "Same time" by what is done, since a clock would only guess: how often a refused key makes the database look.
@Suite struct RefusedKeyTests {
    @Test func everyRefusedKeyCostsOneReadAndThenNoneForItsMoment() async throws {
        try await withAlerting { api in
            let deleted = try await api.integration(#"{"name":"deleted"}"#)
            let disabled = try await api.integration(#"{"name":"disabled"}"#)
            let live = try await api.integration(#"{"name":"live"}"#)
            // Once good and remembered: nothing of that may stay.
            for key in [deleted.key, live.key] { #expect(try await api.post(AlertingAPI.alert, key: key).status == 201) }
            try await api.store.database.api.execute("UPDATE alerting.integration SET is_active = false WHERE name = 'disabled'")
            #expect(try await api.send(.delete, "/api/v1/integrations/\(deleted.id)", as: .admin).status == 204)
            let nearlyRight = String(live.key.dropLast()) + (live.key.hasSuffix("a") ? "b" : "a")
            let unknown = IntegrationKey.make().reveal()
            for (name, key) in [("unknown", unknown), ("near", nearlyRight), ("deleted", deleted.key), ("disabled", disabled.key)] {
                var reads: [Int] = []
                for pause in [0, 0, 2] {
                    api.clock.advance(by: .seconds(pause))
                    reads.append(try await cost(api) { try await api.post(AlertingAPI.alert, key: key) })
                }
                reads.append(try await cost(api) { try await api.send(.post, "/integrations/alertmanager/\(key)", "[]") })
                let change = #"{"routing_key":"\#(key)","payload":{"summary":"x"}}"#
                reads.append(try await cost(api) { try await api.send(.post, "/v2/change/enqueue", change) })
                #expect(reads == [1, 0, 1, 0, 0], "\(name)")
            }
        }
    }

    /// What can be no key teaches nobody anything.
    @Test func whatIsNoKeyCostsNoRead() async throws {
        try await withAlerting { api in
            for key in ["short", String(repeating: "-", count: IntegrationKey.length), "tcs_api_x_y"] {
                let inTheHeader = try await cost(api) { try await api.post(AlertingAPI.alert, key: key) }
                let inThePath = try await cost(api) { try await api.send(.post, "/integrations/alertmanager/\(key)", "[]") }
                #expect(inTheHeader == 0 && inThePath == 0)
            }
            #expect(try await cost(api) { try await api.send(.post, "/api/v1/alerts", AlertingAPI.alert) } == 0)
        }
    }

    /// How many reads of integrations a refused request makes.
    private func cost(_ api: AlertingAPI, _ request: () async throws -> AlertingAPI.Answer) async throws -> Int {
        let before = StatementCounts(exposition: try await api.send(.get, "/metrics").text)
        #expect(try await request().status == 401)
        let after = StatementCounts(exposition: try await api.send(.get, "/metrics").text)
        return after.since(before).filter { $0.key.hasPrefix("IntegrationStore.") }.values.reduce(0, +)
    }
}
