import Contracts
import Foundation
import IncidentManagement
import Postgres
import ServiceKit
import Testing

@Suite struct ManualEscalationTests {
    private static func answer(_ question: EscalateQuestion) -> EscalateAnswer {
        question.answered(question.targets == [.onCall(team: "payments", role: .primary)] ? [.carol] : [.dave])
    }

    private static func run(_ body: @Sendable (IncidentRig, IncidentID) async throws -> Void) async throws {
        try await IncidentRig.run {
            answer($0)
        } _: { rig in
            let id = try await rig.open(1)[0]
            try await rig.settle([rig.engine()], at: .example)
            try await body(rig, id)
        }
    }

    @Test func nextLevelIsPagedAtOnceAndTheOneAfterItByItsOwnDelay() async throws {
        try await Self.run { rig, id in
            _ = try await rig.actions.escalate(.init(note: "no idea"), of: .id(id), by: "carol", at: .example + 60)
            try await rig.settle([rig.engine()], at: .example + 60)
            #expect(try await rig.pages().map(\.recipient) == [.carol, .dave])
            try await rig.settle([rig.engine()], at: .example + 659)
            #expect(try await rig.pages().count == 2)
            try await rig.settle([rig.engine()], at: .example + 660)
            #expect(try await rig.pages().map(\.recipient) == [.carol, .dave, .root])
            #expect(try await rig.timeline(id).contains(.escalationRequested))
        }
    }

    @Test func personOnCallUnderTwoSpellingsIsPagedOnce() async throws {
        try await Self.run { rig, id in
            let spellings = ["eve@example.org", "Eve@Example.org"].map {
                Recipient(userID: nil, name: "Eve", email: $0, role: "primary", reason: "rotation")
            }
            let order = EscalationOrder(
                escalationID: .make(at: .example), incident: id.description, recipients: spellings, reason: nil, actor: "bob")
            let orders = EscalationOrders(rig.database.api, outbox: rig.outbox, publicURL: "http://tocsin.example")
            let answer = try await orders.take(order, at: .example + 10)
            let pages = try await rig.pages()
            #expect(answer.verdict == .paged && pages.count { $0.recipient.name == "Eve" } == 1)
        }
    }

    @Test func levelThatFiredAlreadyIsPagedAgain() async throws {
        try await Self.run { rig, id in
            _ = try await rig.actions.escalate(.init(step: 0), of: .id(id), by: "carol", at: .example + 60)
            try await rig.settle([rig.engine()], at: .example + 60)
            #expect(try await rig.pages().map(\.recipient) == [.carol, .carol])
            #expect(Set(try await rig.pages().map(\.pageID)).count == 2)
        }
    }

    @Test func escalationIsRefusedWhenTheIncidentEscalatedSinceThePageThatIsAnswered() async throws {
        try await Self.run { rig, id in
            let seen = try await rig.incidents.find(.id(id)).escalation
            try await rig.settle([rig.engine()], at: .example + 300)
            let late: [EscalationRequest] = [
                .init(firingID: seen.firingID), .init(asOf: .example + 1), .init(epoch: seen.epoch + 1),
            ]
            for request in late {
                await #expect(throws: IncidentError.alreadyEscalated(step: 2, at: .example + 300)) {
                    try await rig.actions.escalate(request, of: .id(id), by: "carol", at: .example + 301)
                }
            }
            #expect(try await rig.pages().count == 2)
            let now = try await rig.incidents.find(.id(id)).escalation
            _ = try await rig.actions.escalate(
                .init(firingID: now.firingID, epoch: now.epoch, asOf: .example + 300), of: .id(id), by: "carol", at: .example + 301
            )
        }
    }

    @Test func twoPeopleWhoAnswerOnePageWakeOneLevel() async throws {
        try await Self.run { rig, id in
            let seen = try await rig.incidents.find(.id(id)).escalation.firingID
            let results = try await ["carol", "erin"].concurrently { who in
                do {
                    _ = try await rig.actions.escalate(.init(firingID: seen), of: .id(id), by: who, at: .example + 60)
                    try await rig.settle([rig.engine(who)], at: .example + 60)
                    return true
                } catch IncidentError.alreadyEscalated {
                    return false
                }
            }
            try await rig.settle([rig.engine()], at: .example + 60)
            #expect(results.contains(true))
            #expect(try await rig.pages().map(\.recipient) == [.carol, .dave])
        }
    }

    @Test func onlyAnOpenIncidentEscalatesAndOnlyToAStepThatThereIs() async throws {
        try await Self.run { rig, id in
            await #expect(throws: IncidentError.noSuchStep(steps: 3)) {
                try await rig.actions.escalate(.init(step: 3), of: .id(id), by: "carol", at: .example)
            }
            _ = try await rig.apply(.acknowledge, to: id, at: .example)
            await #expect(throws: IncidentError.illegalTransition(event: "escalate", from: .acknowledged, by: "bob")) {
                try await rig.actions.escalate(.init(), of: .id(id), by: "carol", at: .example)
            }
        }
    }

    @Test func engineThatIsAtTheStepDoesNotHoldUpTheOneThatWasAskedFor() async throws {
        try await Self.run { rig, id in
            let slow = try await rig.escalations.claim(now: .example + 300, worker: "slow")
            _ = try await rig.actions.escalate(.init(step: 2), of: .id(id), by: "carol", at: .example + 300)
            #expect(try await rig.escalations.record(slow.map { $0.fired([.dave], at: .example + 300) }, at: .example + 300).isEmpty)
            try await rig.settle([rig.engine()], at: .example + 300)
            #expect(try await rig.pages().map(\.recipient) == [.carol, .root])
        }
    }

    @Test func higherSeverityAndAnotherTeamChooseThePolicyAnewAndPageAnew() async throws {
        try await Self.run { rig, id in
            try await rig.policy(
                #"{"name":"critical","conditions":{"severities":["critical"]},"steps":[{"actions":[{"type":"notify","targets":[{"type":"admins"}]}]}]}"#
            )
            let patch = try IncidentPatch(try JSONGate.parse(#"{"severity":"critical"}"#.utf8))
            var change = IncidentActions.Change()
            change.edit = { patch.apply(to: &$0) }
            _ = try await rig.actions.make(change, to: .id(id), by: "bob", at: .example + 60)
            try await rig.settle([rig.engine()], at: .example + 60)
            let incident = try await rig.incidents.find(.id(id))
            #expect(incident.escalation.policy.name == "critical")
            #expect(incident.escalation.epoch == 2)
            #expect(try await rig.pages().map(\.recipient) == [.carol, .root])
            #expect(try await rig.timeline(id).contains(.policyChange))
            // What gets better pages nobody.
            let calmer = try IncidentPatch(try JSONGate.parse(#"{"severity":"low"}"#.utf8))
            change.edit = { calmer.apply(to: &$0) }
            _ = try await rig.actions.make(change, to: .id(id), by: "bob", at: .example + 61)
            #expect(try await rig.incidents.find(.id(id)).escalation.epoch == 2)
            let moved = try IncidentPatch(try JSONGate.parse(#"{"team":"core"}"#.utf8))
            change.edit = { moved.apply(to: &$0) }
            _ = try await rig.actions.make(change, to: .id(id), by: "bob", at: .example + 62)
            try await rig.settle([rig.engine()], at: .example + 62)
            #expect(try await rig.pages().map(\.recipient) == [.carol, .root, .dave])
        }
    }

    @Test func incidentThatIsReopenedAsWorsePagesByThePolicyOfWhatItIsNow() async throws {
        try await Self.run { rig, id in
            try await rig.policy(
                #"{"name":"critical","conditions":{"severities":["critical"]},"steps":[{"actions":[{"type":"notify","targets":[{"type":"admins"}]}]}]}"#
            )
            _ = try await rig.apply(.resolve(note: nil), to: id, at: .example + 60)
            let patch = try IncidentPatch(try JSONGate.parse(#"{"severity":"critical","status":"open"}"#.utf8))
            var change = IncidentActions.Change()
            change.edit = { patch.apply(to: &$0) }
            change.events = { patch.events(from: $0) }
            _ = try await rig.actions.make(change, to: .id(id), by: "bob", at: .example + 61)
            #expect(try await rig.incidents.find(.id(id)).escalation.policy.name == "critical")
            try await rig.settle([rig.engine()], at: .example + 61)
            #expect(try await rig.pages().map(\.recipient) == [.carol, .root])
        }
    }

    @Test func alertThatMakesAnOpenIncidentWorsePagesAnewAndAnAcknowledgedOneStaysQuiet() async throws {
        try await Self.run { rig, id in
            _ = try await rig.intake.take([.example(id, kind: .update, seq: 2, severity: .critical)], at: .example + 60)
            try await rig.settle([rig.engine()], at: .example + 60)
            #expect(try await rig.pages().map(\.epoch) == [1, 2])
            let quiet = try await rig.open(1, at: .example + 61)[0]
            _ = try await rig.apply(.acknowledge, to: quiet, at: .example + 61)
            _ = try await rig.intake.take([.example(quiet, kind: .update, seq: 2, severity: .critical)], at: .example + 62)
            try await rig.settle([rig.engine()], at: .example + 62)
            #expect(try await rig.pages().count == 2)
        }
    }
}
