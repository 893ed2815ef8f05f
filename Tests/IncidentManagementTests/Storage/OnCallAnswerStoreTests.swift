import Contracts
import Foundation
import IncidentManagement
import Postgres
import TestSupport
import Testing

@Suite struct OnCallAnswerStoreTests {
    private static let target = "payments/primary"

    private func heard(_ people: [Recipient], until: Date, for target: String = target) -> HeardAnswer {
        HeardAnswer(EscalateAnswer(recipients: people, scheduleVersion: 1, validUntil: until), for: target)
    }

    private func remember(_ heard: [HeardAnswer], _ rig: IncidentRig, at now: Date) async throws {
        try await rig.database.workers.transaction { try OnCallAnswerStore.remember(heard, in: $0, at: now) }
    }

    private func answeredAt(_ rig: IncidentRig) async throws -> Date {
        try await rig.database.workers.value(Date.self, "SELECT answered_at FROM incident.on_call_answer WHERE target = \(Self.target)")
    }

    @Test func anAnswerThatStillHoldsIsNotWrittenAgain() async throws {
        try await IncidentRig.run { rig in
            let now = Date.example
            try await remember([heard([.carol], until: now + 3_600)], rig, at: now)
            try await remember([heard([.carol], until: now + 3_660)], rig, at: now + 60)
            #expect(try await answeredAt(rig) == now)
            try await remember([heard([.carol], until: now + 5_700)], rig, at: now + 2_100)
            #expect(try await answeredAt(rig) == now + 2_100, "it had half an hour left no more")
            #expect(try await OnCallAnswerStore(rig.database.workers).last(for: Self.target, at: now + 5_699) == [.carol])
        }
    }

    @Test(arguments: [([Recipient.dave], 3_600.0), ([.carol], 600.0)])
    func otherPeopleOrANearerEndReplaceIt(_ people: [Recipient], _ lasts: TimeInterval) async throws {
        try await IncidentRig.run { rig in
            let now = Date.example
            try await remember([heard([.carol], until: now + 3_600)], rig, at: now)
            try await remember([heard(people, until: now + 1 + lasts)], rig, at: now + 1)
            #expect(try await answeredAt(rig) == now + 1)
            #expect(try await OnCallAnswerStore(rig.database.workers).last(for: Self.target, at: now + lasts) == people)
            #expect(try await OnCallAnswerStore(rig.database.workers).last(for: Self.target, at: now + 1 + lasts) == nil)
        }
    }

    @Test func oneTargetHeardTwiceInABatchIsWrittenOnce() async throws {
        try await IncidentRig.run { rig in
            let now = Date.example
            try await remember([heard([.dave], until: now + 60), heard([.carol], until: now + 60)], rig, at: now)
            #expect(try await OnCallAnswerStore(rig.database.workers).last(for: Self.target, at: now) == [.carol])
        }
    }
}
