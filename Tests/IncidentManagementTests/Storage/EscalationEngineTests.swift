import Contracts
import Foundation
import IncidentManagement
import Postgres
import Synchronization
import Testing

@Suite struct EscalationEngineTests {
    @Test func fiveEnginesFireEveryDueStepOnce() async throws {
        try await IncidentRig.run { rig in
            try await rig.open(200)
            let engines = (1...5).map { rig.engine("engine-\($0)") }
            try await rig.settle(engines, at: .example)
            #expect(try await rig.count("SELECT count(*) FROM incident.firing") == 200)
            #expect(try await rig.count("SELECT count(*) FROM incident.page") == 200)
            #expect(Set(try await rig.pages().map(\.pageID)).count == 200)
        }
    }

    @Test func incidentAcknowledgedAfterTheClaimIsNotPaged() async throws {
        try await IncidentRig.run { rig in
            let id = try await rig.open(1)[0]
            let due = try await rig.escalations.claim(now: .example, worker: "slow")
            _ = try await rig.apply(.acknowledge, to: id, at: .example)
            #expect(try await rig.escalations.record(due.map { $0.fired([.carol]) }, at: .example).isEmpty)
            #expect(try await rig.pages().isEmpty)
            #expect(try await rig.timeline(id) == [.trigger, .acknowledge])
        }
    }

    @Test func incidentReopenedAfterTheClaimIsPagedByItsNewEpochOnly() async throws {
        try await IncidentRig.run { rig in
            let id = try await rig.open(1)[0]
            let due = try await rig.escalations.claim(now: .example, worker: "slow")
            _ = try await rig.apply(.acknowledge, to: id, at: .example)
            _ = try await rig.apply(.unacknowledge, to: id, at: .example)
            // Same step, round and due time as before; only epoch and fence tell the old firing from the new one.
            #expect(try await rig.escalations.record(due.map { $0.fired([.carol]) }, at: .example).isEmpty)
            try await rig.settle([rig.engine()], at: .example)
            #expect(try await rig.pages().map(\.epoch) == [3])
        }
    }

    @Test func engineThatLostItsLeaseRecordsNothing() async throws {
        try await IncidentRig.run { rig in
            try await rig.open(1)
            let frozen = try await rig.escalations.claim(now: .example, worker: "frozen")
            let later = Date.example + 31
            let other = try await rig.escalations.claim(now: later, worker: "other")
            #expect(other.count == 1)
            #expect(try await rig.escalations.record(frozen.map { $0.fired([.carol]) }, at: later).isEmpty)
            #expect(try await rig.escalations.record(other.map { $0.fired([.carol], at: later) }, at: later).count == 1)
        }
    }

    @Test func incidentThatMovedOnUnderTheLeaseIsLeftAlone() async throws {
        try await IncidentRig.run { rig in
            let id = try await rig.open(1)[0]
            let due = try await rig.escalations.claim(now: .example, worker: "engine")
            // By hand, or by a path that forgot the fence: the lease still stands.
            try await rig.administrator.api.execute("UPDATE incident.incident SET step = step + 1 WHERE id = \(id)")
            #expect(try await rig.escalations.record(due.map { $0.fired([.carol]) }, at: .example).isEmpty)
        }
    }

    @Test func theDatabaseItselfRefusesASecondFiringOfAStepAndASecondPageOfItToAPerson() async throws {
        try await IncidentRig.run { rig in
            try await rig.open(1)
            try await rig.settle([rig.engine()], at: .example)
            await #expect(
                performing: {
                    try await rig.administrator.api.execute(
                        """
                        INSERT INTO incident.firing
                        SELECT gen_random_uuid(), incident_id, epoch, step, round, result, fired_at, due_at FROM incident.firing
                        """)
                }, throws: { PostgresError.isUniqueViolation($0, of: "firing_incident_id_epoch_step_round_key") })
            await #expect(
                performing: {
                    try await rig.administrator.api.execute(
                        """
                        INSERT INTO incident.page
                        SELECT gen_random_uuid(), firing_id, incident_id, epoch, recipient, email, status, created_at, settled_at
                          FROM incident.page
                        """)
                }, throws: { PostgresError.isUniqueViolation($0, of: "page_firing_id_email_key") })
        }
    }

    @Test func nobodyOnCallSkipsToTheNextLevelAtOnce() async throws {
        try await IncidentRig.run { question in
            question.targets == [.onCall(team: "payments", role: .secondary)] ? question.answered([.dave]) : question.answered([])
        } _: { rig in
            let id = try await rig.open(1)[0]
            try await rig.settle([rig.engine()], at: .example)
            #expect(try await rig.pages().map(\.recipient) == [.dave])
            #expect(try await rig.timeline(id) == [.trigger, .levelSkipped, .escalate, .notify])
        }
    }

    struct Unreachable: Error {}

    @Test func unreachableOnCallIsReplacedByItsLastAnswer() async throws {
        let calls = Counted()
        try await IncidentRig.run { question in
            if calls.next() > 1 { throw Unreachable() }
            return question.answered([.carol])
        } _: { rig in
            try await rig.open(1)
            try await rig.settle([rig.engine()], at: .example)
            let second = try await rig.open(1, at: .example + 60)[0]
            try await rig.settle([rig.engine()], at: .example + 60)
            #expect(try await rig.pages().map(\.recipient) == [.carol, .carol])
            #expect(try await rig.timeline(second).contains(.onCallUnreachable))
        }
    }

    @Test func unreachableOnCallWithoutAnAnswerThatHoldsPagesTheFallback() async throws {
        try await IncidentRig.run { _ in
            throw Unreachable()
        } _: { rig in
            let id = try await rig.open(1)[0]
            try await rig.settle([rig.engine()], at: .example)
            #expect(try await rig.pages().map(\.recipient) == [.root])
            #expect(try await rig.timeline(id).contains(.fallback))
        }
    }

    @Test func whoeverCannotBeReachedIsOnTheRecordAndReplacedByTheFallback() async throws {
        let left = Recipient(userID: nil, name: "Alice", email: "", role: "primary", reason: "account_disabled")
        let nameless = Recipient(userID: nil, name: "Bob", email: "", role: "secondary", reason: "rotation")
        try await IncidentRig.run {
            $0.answered([left, nameless])
        } _: { rig in
            let id = try await rig.open(1)[0]
            try await rig.settle([rig.engine()], at: .example)
            #expect(try await rig.pages().map(\.recipient) == [.root])
            let timeline = try await rig.timeline(id)
            #expect(timeline.filter { $0 == .memberUnreachable }.count == 2)
            #expect(timeline.contains(.fallback))
        }
    }

    @Test func oneUnreachablePersonBesideAReachableOneStillBringsTheFallback() async throws {
        let left = Recipient(userID: nil, name: "Alice", email: "", role: "primary", reason: "account_disabled")
        try await IncidentRig.run {
            $0.answered([left, .carol])
        } _: { rig in
            let id = try await rig.open(1)[0]
            try await rig.settle([rig.engine()], at: .example)
            #expect(try await Set(rig.pages().map(\.recipient)) == [.carol, .root])
            #expect(try await !rig.timeline(id).contains(.fallback))
        }
    }

    @Test func incidentWithoutATeamReachesTheAdminsAtOnce() async throws {
        try await IncidentRig.run { rig in
            _ = try await rig.intake.take([.example(.make(at: .example), service: "nobody-knows-it", team: nil)], at: .example)
            try await rig.settle([rig.engine()], at: .example)
            #expect(try await rig.pages().map(\.recipient) == [.root])
        }
    }
}

/// Counts calls from several tasks.
final class Counted: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock(\.self) }

    func next() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }
}

extension EscalationStore.Due {
    /// What an engine would record for the first step.
    func fired(_ recipients: [Recipient], at now: Date = .example) -> StepOutcome {
        .fired(
            incident, fence: fence, .init(step: incident.escalation.step, round: incident.escalation.round),
            StepPlan(.paged, calls: recipients.map { StepPlan.Call($0) }), publicURL: "http://tocsin.example", at: now
        )
    }
}
