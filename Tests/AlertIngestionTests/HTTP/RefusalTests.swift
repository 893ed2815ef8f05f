import AlertIngestion
import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Postgres
import ServiceKit
import TestSupport
import Testing

/// What cannot be kept is refused aloud, so that the sender comes again (ING-2, ING-8, DBF-5).
@Suite struct RefusalTests {
    @Test func noAlertIsTakenOnEitherRouteWhileTheDatabaseMayLoseIt() async throws {
        // The tests' own server runs without fsync.
        try await withAlerting(["REQUIRE_DURABLE_DATABASE": "true"]) { api in
            let (_, key) = try await api.integration()
            // A sender not met before goes the framework's way, one that was met the short one.
            for taken in 0...1 {
                let answer = try await api.post(AlertingAPI.alert, key: key)
                #expect(answer.status == 503 && answer.code == "database_not_durable", "\(answer.text)")
                #expect(answer.headers[.retryAfter] == "5" && answer.headers[.contentType] == "application/problem+json")
                let metrics = try await api.send(.get, "/metrics").text
                #expect(metrics.contains(#"http_server_hot_requests_total{route="/api/v1/alerts"} \#(taken)"#))
            }
            // The daemon looks again by itself.
            try await api.tick("durability")
            #expect(try await api.post(AlertingAPI.alert, key: key).status == 503)
            #expect(try await api.store.counts("alert", "open_alert", "outbox") == [0, 0, 0])
            let metrics = try await api.send(.get, "/metrics").text
            #expect(metrics.contains(#"tocsin_ingest_refused_total{reason="not_durable"} 3"#))
            #expect(try await api.send(.get, "/readyz").status == 503)
        }
    }

    @Test func withoutAConnectionAnAlertIsA503AndItIsTakenOnceThereIsOne() async throws {
        try await withAlerting(["DB_POOL_TIMEOUT_MS": "300"]) { api in
            let key = try await Self.keys(api)[0]
            let administrator = api.store.server.administrator().api
            let name = api.store.server.name
            try await administrator.execute("ALTER DATABASE \(unsafeSQL: name) CONNECTION LIMIT 0")
            try await administrator.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'tocsin_alerting'")
            try await eventually("all are gone") {
                try await administrator.value(
                    Int.self,
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'tocsin_alerting'") == 0
            }
            let answer = try await api.post(AlertingAPI.alert, key: key)
            #expect(answer.status == 503 && answer.code == "unavailable" && answer.headers[.retryAfter] == "1", "\(answer.text)")
            try await administrator.execute("ALTER DATABASE \(unsafeSQL: name) CONNECTION LIMIT -1")
            try await eventually("taken") { try await api.post(AlertingAPI.alert, key: key).status == 201 }
        }
    }

    @Test func withAllConnectionsBusyAnAlertIsA503AndThoseAtWorkEndWell() async throws {
        // One connection accepts alerts; without the server's own time-outs it waits for a lock as long as the test holds that.
        let bounds = ["DB_POOL_SIZE": "3", "DB_POOL_TIMEOUT_MS": "300", "DB_PREPARED_STATEMENTS": "false"]
        try await withAlerting(bounds) { api in
            let keys = try await Self.keys(api)
            let port = try #require(api.client.port)
            let url = "http://localhost:\(port)/api/v1/alerts"
            let (locked, release) = (Doorbell(), Doorbell())
            let administrator = api.store.server.administrator().api
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await administrator.transaction { tx in
                        try await tx.execute("LOCK TABLE alerting.open_alert IN ACCESS EXCLUSIVE MODE")
                        locked.ring()
                        await release.wait(after: 0, upTo: .seconds(15))
                    }
                }
                await locked.wait(after: 0, upTo: .seconds(30))
                // On a connection of its own: the client's sends one request after the other.
                group.addTask {
                    let held = try await HTTPCall.send("POST", url, bearer: keys[0], body: AlertingAPI.alert)
                    #expect(held.status == 201, "\(held.body)")
                }
                try await eventually("the only connection waits") {
                    try await administrator.value(
                        Int.self,
                        """
                        SELECT count(*) FROM pg_locks WHERE relation = 'alerting.open_alert'::regclass AND NOT granted
                           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                        """) == 1
                }
                let before = try await Self.timeouts(api)
                let refused = try await api.post(AlertingAPI.alert, key: keys[1])
                #expect(refused.status == 503 && refused.code == "unavailable" && refused.headers[.retryAfter] == "1", "\(refused.text)")
                #expect(try await Self.timeouts(api) != before)
                release.ring()
                try await group.waitForAll()
            }
        }
    }

    /// Two integrations, the first of which is known to the daemon; whatever they need is connected.
    private static func keys(_ api: AlertingAPI) async throws -> [String] {
        try await eventually("connected") { try await api.send(.get, "/api/v1/integrations", as: .admin).status == 200 }
        let keys = [try await api.integration().key, try await api.integration(#"{"name":"stranger"}"#).key]
        try await eventually("taken") { try await api.post(AlertingAPI.alert, key: keys[0]).status == 201 }
        return keys
    }

    private static func timeouts(_ api: AlertingAPI) async throws -> Substring? {
        try await api.send(.get, "/metrics").text.split(separator: "\n").first {
            $0.hasPrefix(#"tocsin_postgres_errors_total{class="pool_timeout"}"#)
        }
    }
}
