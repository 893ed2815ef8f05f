import Contracts
import Foundation
import OnCall
import Testing

@Suite struct EscalationResolverTests {
    private let primaryOfPayments = EscalationTarget.onCall(team: "payments", role: .primary)
    private let secondaryOfPayments = EscalationTarget.onCall(team: "payments", role: .secondary)

    private func resolver(_ overrides: [Override] = []) throws -> EscalationResolver {
        let schedule = try schedule(primary("A", "B") + secondary("B", "S"), .weekly, from: "2026-03-02")
        return EscalationResolver(boards: ["payments": Board(schedule: schedule, overrides: overrides)])
    }

    @Test func recipientsComeInTheOrderOfTargets() throws {
        let answer = try resolver().answer([secondaryOfPayments, primaryOfPayments], at: try instant("2026-03-02T12:00:00Z"))
        #expect(answer.recipients.map(\.name) == ["B", "A"])
        #expect(answer.recipients.map(\.role) == ["secondary", "primary"])
        #expect(answer.recipients.map(\.reason) == ["rotation", "rotation"])
        #expect(answer.scheduleVersion == 1)
    }

    @Test func oneWhoIsBothIsPagedOnce() throws {
        let override = try override("B", from: "2026-03-02T11:00:00Z", until: "2026-03-02T19:00:00Z")
        let answer = try resolver([override]).answer([primaryOfPayments, secondaryOfPayments], at: try instant("2026-03-02T12:00:00Z"))
        #expect(answer.recipients.map(\.reason) == ["override"])
    }

    @Test(arguments: [
        ("2026-03-02T12:00:00Z", "2026-03-02T13:00:00Z"), ("2026-03-09T08:30:00Z", "2026-03-09T09:00:00Z"),
        ("2026-03-02T18:59:00Z", "2026-03-02T19:00:00Z"),
    ])
    func anAnswerHoldsUntilTheNextChangeAndAnHourAtMost(_ at: String, _ until: String) throws {
        let override = try override("B", from: "2026-03-02T11:00:00Z", until: "2026-03-02T19:00:00Z")
        #expect(try resolver([override]).answer([primaryOfPayments], at: try instant(at)).validUntil.rfc3339 == until)
    }

    @Test func peopleAndAdminsAreNotOursToResolve() throws {
        let now = try instant("2026-03-02T12:00:00Z")
        let answer = try resolver().answer([.user(.make(at: now)), .admins, .onCall(team: "nobody", role: .primary)], at: now)
        #expect(answer.recipients.isEmpty && answer.scheduleVersion == 0)
    }

    @Test func aTeamThatCannotBeReadHasSomebodyWhomNothingLeadsTo() {
        let archive = EscalationTarget.onCall(team: "archive", role: .secondary)
        let unread = EscalationResolver.unread([primaryOfPayments, archive, .admins, archive], of: ["archive"])
        #expect(unread.map(\.role) == ["secondary"] && unread.allSatisfy { !$0.isReachable && $0.reason == "schedule_unreadable" })
    }

    @Test func anAccountIsNamedOnlyWhileItIsActive() throws {
        let now = try instant("2026-03-02T12:00:00Z")
        let id = UserID.make(at: now)
        let bare = Recipient(userID: nil, name: "carol", email: "", role: "primary", reason: "rotation")
        #expect(bare.handle == "carol")
        let known = bare.known(as: KnownUser(id: id, name: "Carol", email: "carol@example.org", isActive: true))
        #expect(known.userID == id && known.email == "carol@example.org" && known.name == "carol")
        #expect(bare.known(as: KnownUser(id: id, name: "Carol", email: "carol@example.org", isActive: false)).isReachable == false)
        let withAddress = Recipient(userID: nil, name: "carol", email: "carol@example.org", role: "primary", reason: "rotation")
        let left = withAddress.known(as: KnownUser(id: id, name: "Carol", email: "carol@example.org", isActive: false))
        #expect(!left.isReachable && left.reason == "account_disabled", "somebody who left is never paged")
        #expect(bare.known(as: nil) == bare)
    }
}
