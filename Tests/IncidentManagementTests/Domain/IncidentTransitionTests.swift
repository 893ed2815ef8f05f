import Contracts
import Foundation
import IncidentManagement
import ServiceKit
import Testing

@Suite struct IncidentTransitionTests {
    enum Result: Equatable {
        case becomes(IncidentStatus)
        case nothing
        case refused
    }

    static let table: [(IncidentStatus, IncidentEvent, Result)] = [
        (.open, .acknowledge, .becomes(.acknowledged)),
        (.open, .investigate, .becomes(.investigating)),
        (.open, .resolve(note: nil), .becomes(.resolved)),
        (.open, .reopen, .nothing),
        (.open, .unacknowledge, .nothing),
        (.acknowledged, .acknowledge, .nothing),
        (.acknowledged, .investigate, .becomes(.investigating)),
        (.acknowledged, .resolve(note: nil), .becomes(.resolved)),
        (.acknowledged, .reopen, .refused),
        (.acknowledged, .unacknowledge, .becomes(.open)),
        (.investigating, .acknowledge, .refused),
        (.investigating, .investigate, .nothing),
        (.investigating, .resolve(note: nil), .becomes(.resolved)),
        (.investigating, .reopen, .refused),
        (.investigating, .unacknowledge, .becomes(.open)),
        (.resolved, .acknowledge, .refused),
        (.resolved, .investigate, .refused),
        (.resolved, .resolve(note: nil), .nothing),
        (.resolved, .reopen, .becomes(.open)),
        (.resolved, .unacknowledge, .refused),
        (.resolved, .reassign(to: ["bob"]), .refused),
    ]

    @Test(arguments: table) func everyPairOfStateAndEventHasOneResult(status: IncidentStatus, event: IncidentEvent, expected: Result) throws
    {
        var incident = try Incident.example(in: status)
        let before = incident
        switch expected {
        case .refused:
            #expect(throws: IncidentError.self) { try incident.apply(event, by: "bob", at: .example + 60) }
            #expect(incident == before)
        case .nothing:
            #expect(try incident.apply(event, by: "bob", at: .example + 60).isEmpty)
            #expect(incident == before)
        case .becomes(let next):
            let effects = try incident.apply(event, by: "bob", at: .example + 60)
            #expect(incident.status == next)
            #expect(!effects.isEmpty)
            #expect(incident.version == before.version + 1)
        }
    }

    @Test(arguments: [IncidentEvent.acknowledge, .investigate, .resolve(note: nil), .delete, .reassign(to: ["bob"])])
    func whatActsOnAnOpenIncidentKillsItsQueuedPages(event: IncidentEvent) throws {
        var incident = try Incident.example(in: .open)
        let effects = try incident.apply(event, by: "bob", at: .example + 1)
        #expect(incident.escalation.epoch == 2)
        #expect(effects.contains { if case .raiseEpoch = $0 { true } else { false } })
    }

    @Test func acknowledgedIncidentHasNoTimer() throws {
        var incident = try Incident.example(in: .open)
        _ = try incident.apply(.acknowledge, by: "bob", at: .example + 1)
        #expect(incident.escalation.nextStepAt == nil)
        #expect(incident.acknowledgement == .init(actor: "bob", at: .example + 1))
    }

    @Test func reopenedIncidentEscalatesFromTheFirstStepAgain() throws {
        var incident = try Incident.example(in: .resolved)
        incident.escalation.step = 2
        _ = try incident.apply(.reopen, by: "bob", at: .example + 60)
        #expect(incident.escalation.step == 0)
        #expect(incident.escalation.nextStepAt == .example + 60)
        #expect(incident.resolution == nil)
    }

    @Test func resolvedIncidentOfAnotherTeamReopensOnThatTeamsPolicy() throws {
        let payments = EscalationPolicy(
            name: "payments", steps: EscalationPolicy.standard.steps, repetition: .init(times: 0, afterMinutes: 1))
        var incident = try Incident.example(in: .resolved, policy: payments)
        let epoch = incident.escalation.epoch
        incident.team = "core"
        let effects = incident.follow(PolicyBook(), at: .example + 30)
        #expect(incident.escalation.policy == .standard)
        #expect(incident.escalation.nextStepAt == nil && incident.escalation.epoch == epoch)
        #expect(effects == [.record(.policyChange, note: EscalationPolicy.standard.name)])
        _ = try incident.apply(.reopen, by: "bob", at: .example + 60)
        #expect(incident.escalation.policy == .standard && incident.escalation.nextStepAt == .example + 60)
    }

    @Test func reopeningAndAssigningInOnePatchDoesBoth() throws {
        let patch = try IncidentPatch(try JSONGate.parse(#"{"status":"open","assigned_to":"bob"}"#.utf8))
        var incident = try Incident.example(in: .resolved)
        for event in patch.events(from: incident) { _ = try incident.apply(event, by: "bob", at: .example + 60) }
        #expect(incident.status == .open && incident.assignees == ["bob"])
        #expect(incident.escalation.nextStepAt == .example + 60)
    }

    @Test func resolvingAndAssigningInOnePatchAssignsFirst() throws {
        let patch = try IncidentPatch(try JSONGate.parse(#"{"status":"resolved","assigned_to":"bob"}"#.utf8))
        var incident = try Incident.example(in: .open)
        for event in patch.events(from: incident) { _ = try incident.apply(event, by: "bob", at: .example + 60) }
        #expect(incident.status == .resolved && incident.assignees == ["bob"])
    }

    @Test func incidentResolvedLongAgoIsNotReopened() throws {
        var incident = try Incident.example(in: .resolved)
        #expect(throws: IncidentError.reopenWindowOver) {
            try incident.apply(.reopen, by: "bob", at: .example + Incident.reopenWindow + 1)
        }
    }

    @Test func refusalNamesTheStateAndWhoMadeIt() throws {
        var incident = try Incident.example(in: .resolved)
        #expect(throws: IncidentError.illegalTransition(event: "acknowledge", from: .resolved, by: "alice")) {
            try incident.apply(.acknowledge, by: "bob", at: .example + 60)
        }
    }

    @Test func reassigningAnOpenIncidentPagesAnew() throws {
        var incident = try Incident.example(in: .open)
        incident.escalation.step = 2
        incident.escalation.nextStepAt = .example + 900
        _ = try incident.apply(.reassign(to: ["bob"]), by: "alice", at: .example + 60)
        #expect(incident.escalation.nextStepAt == .example + 60)
    }

    @Test func personsResolveClosesTheGroupAndMonitoringsDoesNot() throws {
        var byPerson = try Incident.example(in: .open)
        #expect(try byPerson.apply(.resolve(note: nil), by: "bob", at: .example + 1).contains(.closeGroup(.resolved)))
        var byMonitoring = try Incident.example(in: .open)
        #expect(!byMonitoring.resolveByMonitoring(at: .example + 1).contains(.closeGroup(.resolved)))
        #expect(byMonitoring.status == .resolved)
    }
}
