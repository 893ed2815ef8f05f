import Contracts
import Foundation
import IncidentManagement
import Postgres
import ServiceKit
import Testing
import WorkQueue

/// Incidents that an idle engine gets from the intake of its own process.
@Suite struct EngineInboxTests {
    @Test func idleEnginePagesForANewIncidentWithoutAClaim() async throws {
        try await Process.run { rig, intake, engine in
            _ = try await intake.take([.example()], at: .example)
            #expect(try await rig.count(Process.leased) == 1)
            let report = try await engine.tick(now: .example)
            #expect(report.handled == 1 && report.soon)
            #expect(try await rig.pages().map(\.recipient) == [.carol])
            #expect(try await rig.pages().map(\.message.incidentNumber) == [1])
            #expect(try await rig.count(Process.leased) == 0)
        }
    }

    @Test func otherEnginesLeaveItAloneUntilTheLeaseRunsOut() async throws {
        try await Process.run { rig, intake, _ in
            _ = try await intake.take([.example()], at: .example)
            try await rig.settle([rig.engine("other")], at: .example)
            #expect(try await rig.pages().isEmpty)
            try await rig.settle([rig.engine("other")], at: .example + 31)
            #expect(try await rig.pages().count == 1)
        }
    }

    @Test func engineThatComesTooLateFiresNothing() async throws {
        try await Process.run { rig, intake, engine in
            _ = try await intake.take([.example()], at: .example)
            try await rig.settle([rig.engine("other")], at: .example + 31)
            #expect(try await engine.tick(now: .example + 32).handled == 0)
            #expect(try await rig.count("SELECT count(*) FROM incident.firing") == 1)
        }
    }

    @Test func acknowledgeBeforeTheTickSilencesIt() async throws {
        try await Process.run { rig, intake, engine in
            let event = AlertEventMessage.example()
            _ = try await intake.take([event], at: .example)
            _ = try await rig.apply(.acknowledge, to: event.incidentID, at: .example)
            #expect(try await engine.tick(now: .example).handled == 0)
            #expect(try await rig.pages().isEmpty)
        }
    }

    @Test func heldPagingLeasesNothing() async throws {
        try await Process.run { rig, intake, engine in
            try await rig.administrator.api.execute(
                "INSERT INTO incident.paging_hold (id, reason, held_at) VALUES (gen_random_uuid(), 'restored', \(Date.example))")
            _ = try await intake.take([.example()], at: .example)
            #expect(try await rig.count(Process.leased) == 0)
            #expect(try await engine.tick(now: .example).handled == 0)
        }
    }

    @Test func incidentThatChangesInTheSameBatchIsLeftToAClaim() async throws {
        try await Process.run { rig, intake, engine in
            let id = IncidentID.make(at: .example)
            let worse = AlertEventMessage.example(id, kind: .update, seq: 2, severity: .critical)
            _ = try await intake.take([.example(id), worse], at: .example)
            #expect(try await rig.count(Process.leased) == 0)
            _ = try await engine.tick(now: .example)
            #expect(try await rig.pages().map(\.message.severity) == [.critical])
        }
    }

    @Test func engineThatStopsHandsBack() async throws {
        try await Process.run { rig, intake, engine in
            _ = try await intake.take([.example()], at: .example)
            await engine.ends()
            #expect(try await rig.count(Process.leased) == 0)
            try await rig.settle([rig.engine("other")], at: .example)
            #expect(try await rig.pages().count == 1)
        }
    }
}

/// An intake and an idle engine that share an inbox.
private enum Process {
    static let leased: SQL = "SELECT count(*) FROM incident.incident WHERE lease_until IS NOT NULL AND worker = 'here'"

    static func run(_ body: @Sendable (IncidentRig, AlertEventIntake, EscalationWorker) async throws -> Void) async throws {
        try await IncidentRig.run { rig in
            let inbox = EngineInbox(worker: "here")
            let engine = rig.engine(inbox: inbox)
            engine.idles(at: .example)
            let intake = AlertEventIntake(rig.database.ingest, outbox: rig.outbox, signals: rig.signals, engine: inbox)
            try await body(rig, intake, engine)
        }
    }
}
