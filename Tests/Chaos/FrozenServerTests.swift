import Auth
import Contracts
import Foundation
import TestSupport
import Testing

extension KillTests {
    /// DBF-3: a server that neither answers nor hangs up.
    @Test func frozenDatabaseCostsASenderFourSecondsAtMostAndIsForgottenWhenItGoesOn() async throws {
        let cluster = try await DurableCluster.start()
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await judgeFreeze(of: cluster))
        } catch {
            outcome = .failure(error)
        }
        // Only a server that runs can be stopped.
        try? await cluster.thaw()
        await cluster.remove()
        try outcome.get()
    }

    private func judgeFreeze(of cluster: DurableCluster) async throws {
        let clock = ContinuousClock()
        let daemon = DaemonProcess(
            .alertIngestion, port: try FreePort.take(1)[0],
            environment: [
                "DATABASE_URL": cluster.url(schema: "alerting"), "INTERNAL_SECRET": "frozen-server-secret-4f9d2c1b7a6e5d8c",
                "INCIDENTS_URL": "http://127.0.0.1:1", "LOG_LEVEL": "info",
            ], log: "\(cluster.folder)/alert-ingestion.log")
        try await daemon.start()
        defer { daemon.signal(SIGKILL) }
        try await daemon.ready()
        let key = IntegrationKey.make().reveal()
        try await cluster.sql(
            """
            INSERT INTO alerting.integration (id, name, kind, key_digest, default_severity, created_at, created_by)
            VALUES (gen_random_uuid(), 'freeze', 'native', decode('\(IntegrationKey.digest(key))', 'hex'), 'medium', now(), 'test')
            """)
        #expect(try await Self.alert(daemon, key).status == 201)

        try await cluster.freeze()
        let frozen = clock.now
        async let first = Self.alert(daemon, key)
        #expect(try await Self.get(daemon, "/livez").status == 200)
        try await eventually("/readyz is red") { try await Self.get(daemon, "/readyz").status == 503 }
        #expect(clock.now - frozen <= .seconds(5), "red after \(clock.now - frozen)")
        // The first finds a connection and waits for its answer, the next finds none.
        for answer in [try await first, try await Self.alert(daemon, key)] {
            #expect(answer.status == 503 && answer.retryAfter != nil)
            #expect(answer.time <= .seconds(4), "refused after \(answer.time)")
        }
        #expect(try await Self.get(daemon, "/livez").status == 200)

        try await cluster.thaw()
        let thawed = clock.now
        try await eventually("alerts are taken") { try await Self.alert(daemon, key).status == 201 }
        try await eventually("/readyz is green") { try await Self.get(daemon, "/readyz").status == 200 }
        #expect(clock.now - thawed <= .seconds(5), "recovered after \(clock.now - thawed)")
    }

    private struct Answer: Sendable {
        let status: Int
        let retryAfter: String?
        let time: Duration
    }

    private static func alert(_ daemon: DaemonProcess, _ key: String) async throws -> Answer {
        let body = #"{"service":"frozen","severity":"high","message":"down"}"#
        let began = ContinuousClock.now
        let call = try await HTTPCall.send("POST", daemon.url + "/api/v1/alerts", bearer: key, body: body)
        return Answer(status: call.status, retryAfter: call.headers["retry-after"], time: .now - began)
    }

    private static func get(_ daemon: DaemonProcess, _ path: String) async throws -> HTTPCall {
        try await HTTPCall.send("GET", daemon.url + path)
    }
}
