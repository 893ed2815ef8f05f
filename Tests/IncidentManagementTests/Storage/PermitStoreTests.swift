import Contracts
import Foundation
import IncidentManagement
import Postgres
import Synchronization
import Testing

@Suite struct PermitStoreTests {
    private func question(_ incident: IncidentID, epoch: Int = 1) -> PermitQuestion {
        PermitQuestion(pageID: .make(at: .example), attemptID: .make(at: .example), incidentID: incident, epoch: epoch)
    }

    @Test func permitIsGrantedWhileTheIncidentIsOpenAndRefusedAfterTheAcknowledge() async throws {
        try await IncidentRig.run { rig in
            let id = try await rig.open(1)[0]
            #expect(try await rig.permits.ask(question(id), at: .example).verdict == .granted)
            _ = try await rig.apply(.acknowledge, to: id, at: .example)
            #expect(try await rig.permits.ask(question(id), at: .example).verdict == .acknowledged)
            #expect(try await rig.count("SELECT count(*) FROM incident.permit") == 1)
        }
    }

    @Test(arguments: ["force_generic_plan", "force_custom_plan"])
    func sweepFindsOldGrantsByTheirAge(planning: String) async throws {
        try await IncidentRig.run { rig in
            let database = rig.administrator.api
            try await database.execute(
                """
                INSERT INTO incident.permit (attempt_id, page_id, incident_id, granted_at)
                SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), \(Date.example) + n * interval '1 second'
                FROM generate_series(1, 20000) n
                """)
            try await database.execute("ANALYZE incident.permit")
            let statement = PermitStore.removal(before: .example, limit: 1_000)
            let plan = try await database.transaction { tx in
                try await tx.execute("SET LOCAL plan_cache_mode = \(unsafeSQL: planning)")
                try await tx.execute("PREPARE sweep AS \(unsafeSQL: statement.text)")
                let plan = try await tx.values(String.self, "EXPLAIN EXECUTE sweep ('2026-03-02T00:00:00Z', 1000)")
                try await tx.execute("DEALLOCATE sweep")
                return plan.joined(separator: "\n")
            }
            #expect(plan.contains("Index Scan using permit_age") && !plan.contains("Seq Scan"), "\(plan)")
            #expect(try await rig.permits.removeGrants(before: Date.example + 11, limit: 4) == 4)
            #expect(try await rig.count("SELECT count(*) FROM incident.permit") == 19_996)
        }
    }

    @Test func permitWaitsForAnAcknowledgeUnderWayAndIsRefused() async throws {
        try await IncidentRig.run { rig in
            let id = try await rig.open(1)[0]
            let asked = question(id)
            let (locked, signal) = AsyncStream.makeStream(of: Void.self)
            let isAnswered = Atomic(false)
            async let answer = { () async throws in
                for await _ in locked { break }
                defer { isAnswered.store(true, ordering: .releasing) }
                return try await rig.permits.ask(asked, at: .example)
            }()
            try await rig.database.api.transaction { transaction in
                var incident = try await IncidentStore(transaction).lock(.id(id))
                signal.yield()
                // A permit that does not wait is answered here already, by what stood before the acknowledge.
                while !isAnswered.load(ordering: .acquiring), try await rig.count(Self.waiting) == 0 { await Task.yield() }
                _ = try incident.apply(.acknowledge, by: "bob", at: .example)
                try await IncidentStore(transaction).save(incident)
            }
            #expect(try await answer.verdict == .acknowledged)
        }
    }

    private static let waiting: SQL =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"

    @Test func oldEpochIsRefusedAlsoAfterTheIncidentIsOpenAgain() async throws {
        try await IncidentRig.run { rig in
            let id = try await rig.open(1)[0]
            _ = try await rig.apply(.acknowledge, to: id, at: .example)
            _ = try await rig.apply(.unacknowledge, to: id, at: .example)
            #expect(try await rig.permits.ask(question(id, epoch: 1), at: .example).verdict == .superseded)
            #expect(try await rig.permits.ask(question(id, epoch: 3), at: .example).verdict == .granted)
        }
    }

    @Test func unknownIncidentIsRefused() async throws {
        try await IncidentRig.run { rig in
            let answer = try await rig.permits.ask(question(.make(at: .example)), at: .example)
            #expect(answer.verdict == .unknownIncident)
        }
    }

    @Test func grantIsOpenUntilItsOutcomeArrives() async throws {
        try await IncidentRig.run { rig in
            let id = try await rig.open(1)[0]
            try await rig.settle([rig.engine()], at: .example)
            let page = try #require(try await rig.pages().first)
            _ = try await rig.permits.ask(
                PermitQuestion(pageID: page.pageID, attemptID: .make(at: .example), incidentID: id, epoch: 1), at: .example
            )
            #expect(try await rig.permits.newestOpenGrant(of: id, since: .example - 1) == .example)
            let outcome = PageOutcome(
                pageID: page.pageID, incidentID: id, epoch: 1, result: .sent, channel: .email, reason: "smtp_accepted", at: .example
            )
            try await rig.outcomes.take([outcome], at: .example)
            #expect(try await rig.permits.newestOpenGrant(of: id, since: .example - 1) == nil)
            #expect(try await rig.incidents.find(.id(id)).notificationStatus == .sent)
        }
    }
}
