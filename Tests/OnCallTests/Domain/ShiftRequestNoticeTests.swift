import Contracts
import Foundation
import OnCall
import Testing

/// Alice asks for her Thursday as primary of payments, where Bob and Sue, a shadow, are too.
@Suite struct ShiftRequestNoticeTests {
    private let alice = Responder(name: "Alice", email: "alice@example.org")
    private let bob = Responder(name: "Bob", email: "Bob@example.org")
    private let made = Date(timeIntervalSince1970: 1_772_452_800)

    private func request(_ state: ShiftRequest.State = .open, of recipient: Responder?, taker: Responder? = nil) throws -> ShiftRequest {
        var request = ShiftRequest(
            id: try #require(ShiftRequestID("01977a3e-6666-7aaa-8bbb-123456789abc")), team: "payments", kind: .cover, role: .primary,
            asker: alice, recipient: recipient, reason: "dentist",
            asked: [try instant("2026-03-05T00:00:00Z")..<(try instant("2026-03-06T00:00:00Z"))], returned: [], createdAt: made)
        request.state = state
        if state != .open { request.decision = .init(at: made.addingTimeInterval(60), by: "x", taker: taker) }
        return request
    }

    private func circle(but actor: Responder? = nil) throws -> ShiftRequestCircle {
        let members = [
            Member(name: "Alice", email: "alice@example.org", role: .primary),
            Member(name: "Bob", email: "bob@example.org", role: .primary),
            Member(name: "Sue", email: "sue@example.org", role: .primary, isShadow: true), Member(name: "ally", email: nil, role: .primary),
            Member(name: "eve", email: nil, role: .secondary), Member(name: "nobody", email: nil, role: .secondary),
        ]
        return ShiftRequestCircle(
            board: Board(schedule: try schedule(members, .weekly, "Europe/Berlin", from: "2026-03-02")),
            book: AddressBook(["ally": "alice@example.org", "eve": "eve@example.org", "nobody": nil]), actor: actor)
    }

    @Test func aTeamIsAskedButForTheAskerShadowsAndWhoHasNoAddress() throws {
        let notices = try request(of: nil).notices(in: circle(but: alice))
        #expect(notices.map(\.recipient.email) == ["bob@example.org", "eve@example.org"])
        #expect(notices.first?.subject == "Alice asks the team to take a shift of payments: Thu 2026-03-05 01:00 Europe/Berlin")
    }

    @Test(arguments: [
        (ShiftRequest.State.declined, ["alice@example.org", "Bob@example.org"]), (.withdrawn, ["alice@example.org", "Bob@example.org"]),
        (.expired, ["alice@example.org", "Bob@example.org"]), (.void, ["alice@example.org", "Bob@example.org"]),
    ])
    func theEndIsToldToBothButToWhoeverBroughtIt(_ state: ShiftRequest.State, _ told: [String]) throws {
        let ended = try request(state, of: bob)
        #expect(try ended.notices(in: circle()).map(\.recipient.email) == told)
        #expect(try ended.notices(in: circle(but: bob)).map(\.recipient) == [alice])
        #expect(try ended.notices(in: circle(but: alice)).map(\.recipient) == [bob])
        #expect(try request(state, of: nil).notices(in: circle()).map(\.recipient) == [alice], "a team hears no end")
        #expect(Set(try ended.notices(in: circle()).map(\.subject)).count == 2, "each reads their own side")
    }

    @Test func whoTookTheShiftsIsToldWhenSomebodyElseSaidSo() throws {
        let taken = try request(.accepted, of: bob, taker: bob)
        #expect(
            try taken.notices(in: circle(but: bob)).map(\.subject) == [
                "Bob takes your shift of payments: Thu 2026-03-05 01:00 Europe/Berlin"
            ])
        let boss = Responder(name: "Boss", email: "boss@example.org")
        #expect(try taken.notices(in: circle(but: boss)).map(\.recipient) == [alice, bob])
    }

    @Test func oneRequestStateAndPersonHaveOneID() throws {
        let open = try request(of: bob)
        let ids = try ShiftRequest.State.allCases.flatMap { state in
            try [alice, bob].map { ShiftRequestNotice(request: try request(state, of: bob), recipient: $0, zone: .utc).pageID }
        }
        #expect(Set(ids).count == ShiftRequest.State.allCases.count * 2)
        let twin = Responder(name: "Robert", email: "BOB@EXAMPLE.ORG")
        let id = ShiftRequestNotice(request: open, recipient: bob, zone: .utc).pageID
        #expect(id == ShiftRequestNotice(request: open, recipient: twin, zone: .utc).pageID)
        #expect(id.description.hasPrefix("01977a3e-6666-7") && id.rawValue.uuid.8 >> 6 == 0b10)
        #expect(ids.allSatisfy { $0.rawValue.uuid.6 >> 4 == 7 })
    }

    @Test func aNoticeIsOfLowUrgencyByThePersonsOwnRulesAndEnds() throws {
        let message = ShiftRequestNotice(request: try request(of: bob), recipient: bob, zone: .utc).message
        #expect(message.kind == .notice && message.urgency == .low && message.channels == nil)
        #expect(try message.expiresAt == instant("2026-03-05T00:00:00Z"), "nobody answers once the shift has begun")
        #expect(message.message.body.contains("Reason: dentist") && message.message.body.contains("/accept takes them"))
        let ended = ShiftRequestNotice(request: try request(.expired, of: bob), recipient: bob, zone: .utc).message
        #expect(ended.expiresAt == made.addingTimeInterval(60 + ShiftRequestNotice.longestDelay))
    }
}
