import Contracts
import Foundation
import IncidentManagement
import Logging
import Postgres
import PrometheusMetrics
import ServiceClients
import ServiceKit
import TestSupport
import Testing

/// A neighbour or a database that is away while steps are due.
@Suite struct EscalationOutageTests {
    @Test func connectionLostInAStepCostsNeitherItsLeaseNorACrash() async throws {
        try await IncidentRig.run { rig in
            try await rig.open(3)
            let people = LosingDirectory(database: rig.administrator)
            let engine = rig.engine(asking: { _ in throw ClientError(.timeout) }, finding: people)
            _ = try await engine.tick(now: .example)
            #expect(try await rig.pages().count < 3)
            #expect(try await rig.count("SELECT count(*) FROM incident.incident WHERE lease_until IS NOT NULL OR crashes > 0") == 0)
            try await rig.settle([engine], at: .example + 1)
            #expect(try await rig.pages().count == 3)
        }
    }

    /// A step that fails for what nobody knows is not tried for ever: after the third lease its fallback is paged.
    @Test func failureOfAnotherKindIsPaidWithItsLease() async throws {
        try await IncidentRig.run { rig in
            try await rig.open(1)
            let engine = rig.engine(finding: FailingDirectory())
            try await rig.settle([rig.engine()], at: .example)
            // The admins' step, fifteen minutes after the alert.
            try await rig.settle([engine], at: .example + 300)
            _ = try await engine.tick(now: .example + 900)
            #expect(try await rig.count("SELECT count(*) FROM incident.incident WHERE lease_until IS NOT NULL") == 1)
        }
    }

    @Test func refusedQuestionCostsTheOthersNothing() async throws {
        try await IncidentRig.run { rig in
            try await rig.open(EscalationStore.batchLimit)
            let asked = Counted()
            let engine = rig.engine(asking: { question in
                if asked.next() == 1 { throw ClientError(.refused(status: 500)) }
                return question.answered([.carol])
            })
            _ = try await engine.tick(now: .example)
            #expect(asked.value == EscalationStore.batchLimit)
            #expect(try await rig.pages().count { $0.recipient == .carol } == EscalationStore.batchLimit - 1)
        }
    }

    @Test(arguments: [502, 503, 504]) func onCallThatNobodyReachesIsAskedOncePerRound(_ status: Int) async throws {
        try await IncidentRig.run { rig in
            try await rig.open(EscalationStore.batchLimit)
            let asked = Counted()
            let engine = rig.engine(asking: { _ in
                _ = asked.next()
                throw ClientError(.refused(status: status))
            })
            _ = try await engine.tick(now: .example)
            // The eight that are asked at once do not know of each other yet.
            #expect((1...8).contains(asked.value))
            #expect(try await rig.pages().count == EscalationStore.batchLimit)
        }
    }

    @Test func hangingOnCallIsWaitedForOncePerRound() async throws {
        try await IncidentRig.run { rig in
            try await rig.open(EscalationStore.batchLimit)
            let asked = Counted()
            let engine = rig.engine(asking: { _ in
                _ = asked.next()
                throw ClientError(.timeout)
            })
            _ = try await engine.tick(now: .example)
            // The eight that are asked at once do not know of each other yet.
            #expect((1...8).contains(asked.value))
            #expect(try await rig.pages().count == EscalationStore.batchLimit)
            // The next round looks again.
            let before = asked.value
            try await rig.open(1, at: .example + 10)
            _ = try await engine.tick(now: .example + 10)
            #expect(asked.value == before + 1)
        }
    }

    /// Reliability SHD-1: what is claimed and not begun is another engine's at once.
    @Test func engineThatIsToldToStopAsksNoMoreAndHandsBackTheRest() async throws {
        try await IncidentRig.run { rig in
            try await rig.open(EscalationStore.batchLimit)
            let asked = Counted()
            let (began, release) = (Doorbell(), Doorbell())
            let engine = rig.engine(asking: { question in
                _ = asked.next()
                began.ring()
                await release.wait(after: 0, upTo: .seconds(30))
                return question.answered([.carol])
            })
            let loop = WorkerLoop(
                engine, bell: Doorbell(), every: .seconds(3600), clock: ManualClock(.example), metrics: PrometheusMetricsFactory(),
                logger: .quiet)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await loop.run() }
                await began.wait(after: 0, upTo: .seconds(30))
                loop.stop()
                release.ring()
            }
            #expect((1...8).contains(asked.value))
            #expect(try await rig.pages().count == asked.value)
            #expect(try await rig.count("SELECT count(*) FROM incident.incident WHERE lease_until IS NOT NULL") == 0)
        }
    }
}

/// Loses its connection at the first question, as in a failover.
private struct LosingDirectory: RecipientDirectory {
    let database: PostgresDatabase
    let asked = Counted()

    func admins() async throws -> [Recipient] {
        if asked.next() == 1 { try await database.api.execute("SELECT pg_terminate_backend(pg_backend_pid())") }
        return [.root]
    }
    func recipient(_ user: UserID) async throws -> Recipient? { nil }
    func members(of team: String) async throws -> [Recipient] { [] }
    func assignees(_ handles: [String]) async throws -> [Recipient] { [] }
    func timeZones(of users: [UserID]) async throws -> [UserID: String] { [:] }
}

private struct FailingDirectory: RecipientDirectory {
    struct Broken: Error {}

    func admins() async throws -> [Recipient] { throw Broken() }
    func recipient(_ user: UserID) async throws -> Recipient? { throw Broken() }
    func members(of team: String) async throws -> [Recipient] { throw Broken() }
    func assignees(_ handles: [String]) async throws -> [Recipient] { throw Broken() }
    func timeZones(of users: [UserID]) async throws -> [UserID: String] { throw Broken() }
}
