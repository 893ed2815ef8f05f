import Contracts
import Foundation
import IncidentManagement
import Testing

@Suite struct FailedPageTests {
    @Test func pagesThatAllFailedMakeTheNextLevelDueAtOnce() async throws {
        try await IncidentRig.run { rig in
            let id = try await rig.open(1)[0]
            try await rig.settle([rig.engine()], at: .example)
            let page = try #require(try await rig.pages().first)
            let outcome = PageOutcome(
                pageID: page.pageID, incidentID: id, epoch: 1, result: .exhausted, channel: .email, reason: "rejected", at: .example
            )
            try await rig.outcomes.take([outcome, outcome], at: .example + 1)
            let incident = try await rig.incidents.find(.id(id))
            #expect(incident.escalation.nextStepAt == .example + 1)
            #expect(incident.notificationStatus == .failed)
        }
    }

    @Test func outcomeOfAnEarlierFiringDoesNotAdvanceTheTimer() async throws {
        try await IncidentRig.run { rig in
            let id = try await rig.open(1)[0]
            try await rig.settle([rig.engine()], at: .example)
            let page = try #require(try await rig.pages().first)
            try await rig.settle([rig.engine()], at: .example + 300)
            let before = try await rig.incidents.find(.id(id)).escalation.nextStepAt
            let outcome = PageOutcome(
                pageID: page.pageID, incidentID: id, epoch: 1, result: .expired, channel: .email, reason: "late", at: .example
            )
            try await rig.outcomes.take([outcome], at: .example + 301)
            #expect(try await rig.incidents.find(.id(id)).escalation.nextStepAt == before)
        }
    }

    @Test func pageThatArrivedInTheRoundLeavesTheEndItsTime() async throws {
        try await IncidentRig.run { rig in
            let id = try await rig.open(1)[0]
            var now = Date.example
            for step in 0..<3 {
                try await rig.settle([rig.engine()], at: now)
                let page = try #require(try await rig.pages().last)
                let outcome = PageOutcome(
                    pageID: page.pageID, incidentID: id, epoch: 1, result: step == 0 ? .sent : .exhausted, channel: .email,
                    reason: "smtp_rejected", at: now)
                try await rig.outcomes.take([outcome], at: now)
                now = try #require(try await rig.incidents.find(.id(id)).escalation.nextStepAt)
            }
            // Sent at 0, failed at 5 and at once after it; the repetition comes a quarter of an hour later.
            #expect(now == .example + 20 * 60)
            #expect(try await !rig.timeline(id).contains(.fallback))
        }
    }

    /// As without a mail server: the levels of a round follow each other at once, and the fallback follows the last round; all else has its time.
    @Test func pathOnWhichEveryPageFailsKeepsTheTimeOfItsRounds() async throws {
        try await IncidentRig.run { rig in
            let id = try await rig.open(1)[0]
            var failed: Set<PageID> = []
            var waits: [Int] = []
            var now = Date.example
            for _ in 0..<100 where waits.count < 6 {
                try await rig.settle([rig.engine()], at: now)
                let fresh = try await rig.pages().filter { !failed.contains($0.pageID) }
                failed.formUnion(fresh.map(\.pageID))
                try await rig.outcomes.take(
                    fresh.map {
                        PageOutcome(
                            pageID: $0.pageID, incidentID: id, epoch: 1, result: .exhausted, channel: .email, reason: "smtp_rejected",
                            at: now)
                    }, at: now)
                let next = try #require(try await rig.incidents.find(.id(id)).escalation.nextStepAt)
                if next > now { waits.append(Int(next.timeIntervalSince(now)) / 60) }
                now = next
            }
            #expect(waits == [15, 15, 240, 15, 15, 240])
            let timeline = try await rig.timeline(id)
            #expect(timeline.filter { $0 == .escalationExhausted }.count == 2)
            // After each of three rounds, twice.
            #expect(timeline.filter { $0 == .fallback }.count == 6)
        }
    }
}
