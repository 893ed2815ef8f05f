import Contracts
import Foundation
import IncidentManagement
import Postgres
import PrometheusMetrics
import ServiceKit
import TestSupport
import Testing
import WorkQueue

@Suite struct RetentionTests {
    private static let day: TimeInterval = 86_400

    private static func sweep(_ rig: IncidentRig, incidents: Double? = nil, audit: Double? = nil, at now: Date) async throws -> Int {
        let retention = IncidentRetention(
            incidents: incidents.map { $0 * day }, audit: audit.map { $0 * day }, dead: nil, rig.database.workers)
        return try await RetentionSweep(retention.jobs, metrics: PrometheusMetricsFactory()).tick(now: now).handled
    }

    @Test func endedIncidentsGoWithTheirRecordAndOpenOnesNever() async throws {
        try await IncidentRig.run { rig in
            let opened = Date.example
            let ids = try await rig.open(4, at: opened)
            try await rig.settle([rig.engine()], at: opened)
            _ = try await rig.apply(.resolve(note: nil), to: ids[0], at: opened + 60)
            _ = try await rig.apply(.delete, to: ids[1], at: opened + 60)
            _ = try await rig.apply(.resolve(note: nil), to: ids[2], at: opened + 50 * Self.day)
            let now = opened + 60 * Self.day
            // Only what OnCall answered then: it held for an hour.
            #expect(try await Self.sweep(rig, at: now) == 1)
            #expect(try await Self.sweep(rig, incidents: 30, at: now) == 2)
            let left = try await rig.administrator.api.values(IncidentID.self, "SELECT id FROM incident.incident ORDER BY id")
            #expect(left == ids[2...3].sorted())
            for table in ["timeline_entry", "firing", "page"] {
                let owners = try await rig.administrator.api.values(
                    IncidentID.self, "SELECT DISTINCT incident_id FROM incident.\(unsafeSQL: table) ORDER BY 1")
                #expect(owners == ids[2...3].sorted(), "\(table)")
            }
            #expect(try await Self.sweep(rig, incidents: 30, at: now + 1_000 * Self.day) == 1)
            #expect(try await rig.count("SELECT count(*) FROM incident.incident WHERE status = 'open'") == 1)
        }
    }

    @Test func auditIsDroppedByTheMonthAndStillRefusesToForgetALine() async throws {
        try await IncidentRig.run { rig in
            let now = Date.example
            #expect(try await TimePartitions.audit(rig.database.workers).makeAhead(now: now) == 3)
            let store = AuditStore(rig.database.api)
            for days in [0.0, 31] {
                let origin = AuditOrigin(actor: "alice", requestID: nil, remoteAddress: nil, at: now + days * Self.day)
                try await store.append(AuditEntry(origin, "user.create", "user:1"))
            }
            let error = await #expect(throws: PostgresError.self) { try await rig.database.api.execute("DELETE FROM incident.audit") }
            #expect(error?.sqlState == "23001")
            #expect(try await Self.sweep(rig, at: now + 400 * Self.day) == 0)
            #expect(try await Self.sweep(rig, audit: 365, at: now + 400 * Self.day) == 1)
            #expect(try await store.list(AuditFilter(), before: nil, limit: 10).count == 1)
        }
    }

    @Test func auditFromBeforeMovesIntoItsMonthsAndItsNumbersGoOn() async throws {
        let before = Array(IncidentMigrations.all.filter { $0.version < 6 })
        try await withDatabase(migrations: [(schema: "incident", before)]) { test in
            let database = test.database(schema: "incident")
            let store = AuditStore(database.api)
            func append(_ days: Double) async throws {
                let origin = AuditOrigin(actor: "alice", requestID: nil, remoteAddress: nil, at: Date.example + days * Self.day)
                try await store.append(AuditEntry(origin, "user.create", "user:1"))
            }
            for days in [0.0, 45, 46] { try await append(days) }
            try await Migrator(database, schema: "incident", IncidentMigrations.all).run()
            #expect(try await database.api.value(Int.self, "SELECT count(*) FROM incident.audit_default") == 0)
            try await append(46)
            #expect(try await store.list(AuditFilter(), before: nil, limit: 10).map(\.id) == [4, 3, 2, 1])
        }
    }
}
