import Contracts
import Foundation
import IncidentManagement
import Postgres
import ServiceKit
import Testing

@Suite struct AlertEventIntakeTests {
    @Test func batchToldTwiceOpensOneIncident() async throws {
        try await IncidentRig.run { rig in
            let event = AlertEventMessage.example(.make(at: .example))
            let first = try await rig.intake.take([event], at: .example)
            let second = try await rig.intake.take([event], at: .example)
            #expect(first.answers.map(\.verdict) == [.accepted])
            #expect(second.answers.map(\.verdict) == [.duplicate])
            #expect(try await rig.timeline(event.incidentID) == [.trigger])
        }
    }

    @Test func whatIsDoneForAnIncidentGoesOnWithTheTraceOfItsAlert() async throws {
        let trace = TraceParent.make()
        try await IncidentRig.run(
            answers: { $0.answered([TraceContext.current?.traceID == trace.traceID ? .carol : .dave]) }
        ) { rig in
            let event = AlertEventMessage.example(traceparent: trace)
            _ = try await rig.intake.take([event], at: .example)
            #expect(try await rig.incidents.find(.id(event.incidentID)).trace?.traceID == trace.traceID)
            try await rig.settle([rig.engine()], at: .example)
            let pages = try await rig.pages()
            #expect(pages.map(\.recipient.name) == ["Carol"])
            #expect(pages.compactMap { $0.traceparent?.traceID } == [trace.traceID])
            #expect(pages.first?.traceparent?.spanID != trace.spanID)
        }
    }

    @Test func twoRelaysWithTheSameBatchOpenEachIncidentOnce() async throws {
        try await IncidentRig.run { rig in
            let events = (0..<50).map { _ in AlertEventMessage.example(.make(at: .example)) }
            let taken = try await [0, 1, 2].concurrently { _ in try await rig.intake.take(events, at: .example) }
            #expect(taken.map(\.opened.count).reduce(0, +) == 50)
            #expect(try await rig.count("SELECT count(*) FROM incident.timeline_entry WHERE kind = 'trigger'") == 50)
        }
    }

    @Test func openUpdateAndResolveInOneBatchLeaveAResolvedIncident() async throws {
        try await IncidentRig.run { rig in
            let id = IncidentID.make(at: .example)
            let events = [
                AlertEventMessage.example(id), .example(id, kind: .update, seq: 2, severity: .critical),
                .example(id, kind: .resolve, seq: 3),
            ]
            let taken = try await rig.intake.take(events, at: .example)
            #expect(taken.answers.map(\.verdict) == [.accepted, .accepted, .accepted])
            let incident = try await rig.incidents.find(.id(id))
            #expect(incident.status == .resolved)
            #expect(incident.severity == .critical)
            #expect(incident.resolution?.actor == Incident.monitoringActor)
            try await rig.settle([rig.engine()], at: .example)
            #expect(try await rig.pages().isEmpty)
        }
    }

    @Test func repeatOfALoweredIncidentPagesNobodyAnewAndAWorseOneDoes() async throws {
        try await IncidentRig.run { rig in
            let id = IncidentID.make(at: .example)
            _ = try await rig.intake.take([.example(id, severity: .high)], at: .example)
            try await rig.settle([rig.engine()], at: .example)
            var change = IncidentActions.Change()
            change.edit = { incident in
                incident.severity = .low
                return ["severity": "high → low"]
            }
            _ = try await rig.actions.make(change, to: .id(id), by: "bob", at: .example + 10)
            let epoch = try await rig.incidents.find(.id(id)).escalation.epoch
            _ = try await rig.intake.take([.example(id, kind: .update, seq: 2, severity: .high)], at: .example + 20)
            let repeated = try await rig.incidents.find(.id(id))
            #expect(repeated.severity == .low && repeated.escalation.epoch == epoch)
            _ = try await rig.intake.take([.example(id, kind: .update, seq: 3, severity: .critical)], at: .example + 30)
            let worse = try await rig.incidents.find(.id(id))
            #expect(worse.severity == .critical && worse.escalation.epoch == epoch + 1)
        }
    }

    @Test func updateThatOvertookItsOpenIsSentBack() async throws {
        try await IncidentRig.run { rig in
            let id = IncidentID.make(at: .example)
            let early = try await rig.intake.take([.example(id, kind: .update, seq: 2)], at: .example)
            #expect(early.answers.map(\.verdict) == [.outOfOrder])
            _ = try await rig.intake.take([.example(id)], at: .example)
            let gap = try await rig.intake.take([.example(id, kind: .resolve, seq: 3)], at: .example)
            #expect(gap.answers.map(\.verdict) == [.outOfOrder])
            #expect(try await rig.incidents.find(.id(id)).status == .open)
        }
    }

    @Test func eventAfterAPersonsResolveIsAnsweredClosedAndAlertIngestionIsTold() async throws {
        try await IncidentRig.run { rig in
            let id = try await rig.open(1)[0]
            _ = try await rig.apply(.resolve(note: nil), to: id, at: .example + 10)
            let taken = try await rig.intake.take([.example(id, kind: .update, seq: 2)], at: .example + 20)
            #expect(taken.answers.map(\.verdict) == [.closed])
            #expect(try await rig.count("SELECT count(*) FROM incident.outbox WHERE destination = 'alert-ingestion.closed'") == 1)
        }
    }

    @Test func reopenedIncidentGoesOnInANewSeriesAndAlertIngestionIsToldAfterTheEnd() async throws {
        try await IncidentRig.run { rig in
            let id = try await rig.open(1)[0]
            _ = try await rig.apply(.resolve(note: nil), to: id, at: .example + 10)
            _ = try await rig.apply(.reopen, to: id, at: .example + 20)
            let bodies = try await rig.administrator.api.values(
                String.self, "SELECT body FROM incident.outbox WHERE destination = 'alert-ingestion.closed' ORDER BY id")
            #expect(bodies.count == 2)
            let end: IncidentClosed = try WireJSON.decode(fromText: try #require(bodies.first))
            #expect(end.incidentID == id && end.groupSeq == 1)
            let news: IncidentReopened = try WireJSON.decode(fromText: try #require(bodies.last))
            #expect(news.incidentID == id && news.groupSeq == 1_000_000)
            // What was on its way before says nothing any more; the next of the new series does.
            let late = try await rig.intake.take([.example(id, kind: .resolve, seq: 2)], at: .example + 30)
            #expect(late.answers.map(\.verdict) == [.duplicate])
            #expect(try await rig.incidents.find(.id(id)).status == .open)
            let next = try await rig.intake.take([.example(id, kind: .resolve, seq: 1_000_001)], at: .example + 40)
            #expect(next.answers.map(\.verdict) == [.accepted])
            #expect(try await rig.incidents.find(.id(id)).status == .resolved)
        }
    }

    @Test func incidentThatAPersonDeclaredHasNoGroupToReopen() throws {
        var incident = try Incident.example(in: .resolved)
        #expect(try !incident.apply(.reopen, by: "bob", at: .example + 1).contains(.reopenGroup))
        #expect(incident.groupSeq == 0)
    }

    @Test func repeatLeavesNoLineAndIsCountedAnyway() async throws {
        try await IncidentRig.run { rig in
            let id = try await rig.open(1)[0]
            let before = try await rig.incidents.find(.id(id))
            for seq in 2...4 {
                let event = AlertEventMessage.example(id, kind: .update, seq: seq, joined: 0, count: 5 * seq)
                _ = try await rig.intake.take([event], at: .example + 300 * Double(seq))
            }
            #expect(try await rig.timeline(id) == [.trigger])
            let counted = try await rig.incidents.find(.id(id))
            #expect(counted.alertCount == 20 && counted.groupSeq == 4 && counted.version == before.version)
            _ = try await rig.intake.take([.example(id, kind: .update, seq: 5, joined: 1, count: 21)], at: .example + 1_300)
            #expect(try await rig.timeline(id) == [.trigger, .alertsAttached])
            #expect(try await rig.incidents.find(.id(id)).version == before.version + 1)
        }
    }

    @Test func serviceOfTheCatalogueGivesItsTeam() async throws {
        try await IncidentRig.run { rig in
            try await rig.administrator.api.execute(
                "INSERT INTO incident.service (name, team, created_at) VALUES ('search', 'discovery', \(Date.example))"
            )
            let id = IncidentID.make(at: .example)
            _ = try await rig.intake.take([.example(id, service: "search", team: nil)], at: .example)
            #expect(try await rig.incidents.find(.id(id)).team == "discovery")
        }
    }
}
