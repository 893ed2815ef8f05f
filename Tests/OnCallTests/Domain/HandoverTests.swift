import Contracts
import Foundation
import OnCall
import Testing

@Suite struct HandoverTests {
    private let book = AddressBook(["A": "a@example.org", "B": "b@example.org", "C": nil])
    private let alice = Responder(name: "Alice", email: "A@example.org")
    private let bob = Responder(name: "Bob", email: "b@example.org")
    private let dan = Responder(name: "Dan", email: "dan@example.org")

    private func range(_ from: String, _ until: String) throws -> Range<Date> {
        try instant("2026-03-\(from):00:00Z")..<(try instant("2026-03-\(until):00:00Z"))
    }

    private func weekly(_ turns: [String], _ overrides: [Override] = [], _ temporaries: [TemporarySchedule] = []) throws -> Board {
        board([try layer(turns, from: "2026-03-02")], overrides: overrides, temporaries: temporaries)
    }

    private func after(_ board: Board, _ handovers: [Handover]) throws -> Board {
        let made = try board.overrides(for: handovers, .primary, reason: nil, book, now: try instant("2026-03-02T12:00:00Z"))
        return Board(schedule: board.schedule, overrides: board.overrides + made, temporaries: board.temporaries)
    }

    private func names(_ board: Board, _ at: String) throws -> [String] {
        board.duty(.primary, at: try instant("2026-03-\(at):00:00Z")).duty.acting.map(\.member.name)
    }

    @Test func onlyTheGiversPiecesPassOver() throws {
        let board = try weekly(["A", "B"])
        let over = try after(board, [Handover(giver: alice, taker: dan, pieces: [range("08T00", "17T00")])])
        #expect(try names(over, "08T00") == ["Dan"] && names(over, "09T00") == ["B"] && names(over, "16T12") == ["Dan"])
        #expect(try names(over, "17T00") == ["A"])
    }

    @Test func ofTwoOnCallTogetherOneGives() throws {
        let board = try weekly(["A,B"])
        #expect(try names(after(board, [Handover(giver: alice, taker: dan, pieces: [range("03T00", "04T00")])]), "03T12") == ["Dan", "B"])
        #expect(try names(after(board, [Handover(giver: alice, taker: bob, pieces: [range("03T00", "04T00")])]), "03T12") == ["B"])
        #expect(try names(after(board, [Handover(giver: nil, taker: dan, pieces: [range("03T00", "04T00")])]), "03T12") == ["Dan"])
    }

    @Test func theTakerIsCalledWhatTheScheduleCallsThem() throws {
        let over = try after(try weekly(["A", "B"]), [Handover(giver: alice, taker: bob, pieces: [range("03T00", "04T00")])])
        #expect(try names(over, "03T12") == ["B"])
    }

    /// All made within one millisecond, where ids alone would leave to chance which is heeded last.
    @Test func aShiftPassesOnAsOftenAsPeopleLike() throws {
        var board = try weekly(["A", "B"])
        let piece = try range("03T00", "04T00")
        for round in 0..<40 {
            let (giver, taker) = round.isMultiple(of: 2) ? (alice, dan) : (dan, alice)
            board = try after(board, [Handover(giver: giver, taker: taker, pieces: [piece])])
            #expect(try names(board, "03T12") == [round.isMultiple(of: 2) ? "Dan" : "A"])
        }
        #expect(try names(board, "02T12") == ["A"])
    }

    /// B's own week, then A's Monday and Tuesday that B took: two causes, one block of time.
    @Test func anOwnShiftAndATakenOneBehindItPassOverTogether() throws {
        let taken = try override("B", from: "2026-03-16T00:00:00Z", until: "2026-03-18T00:00:00Z", replacing: "A", made: 1)
        let block = try range("14T00", "18T00")
        let weekly = try schedule(primary("A", "B"), .weekly, from: "2026-03-02", at: "00:00", on: .monday)
        let board = Board(schedule: weekly, overrides: [taken])
        #expect(board.pieces(of: bob, .primary, in: block, book) == [block])
        for giver in [bob, nil] {
            let over = try after(board, [Handover(giver: giver, taker: dan, pieces: [block])])
            #expect(
                try ["13T23", "14T00", "16T00", "17T23", "18T00"].map { try names(over, $0) } == [["B"], ["Dan"], ["Dan"], ["Dan"], ["A"]])
        }
    }

    @Test func whatWouldNotPutTheTakerOnCallIsRefused() throws {
        let piece = try range("03T00", "04T00")
        let holidays = TemporarySchedule(
            id: .make(at: piece.lowerBound), reason: nil, starts: piece.lowerBound, ends: piece.upperBound,
            shifts: [.init(member: Member(name: "A", email: nil, role: .primary), starts: piece.lowerBound, ends: piece.upperBound)])
        let away = try override("Dan", from: "2026-03-03T10:00:00Z", until: "2026-03-03T12:00:00Z", made: 9e9, kind: .remove)
        let handover = Handover(giver: alice, taker: dan, pieces: [piece])
        for board in [try weekly(["A"], [], [holidays]), try weekly(["A"], [away])] {
            #expect(throws: ShiftError.withoutEffect) { try after(board, [handover]) }
        }
        #expect(throws: ShiftError.nothingToTake) { try after(try weekly(["B"]), [handover]) }
        let both = [Handover(giver: alice, taker: bob, pieces: [piece]), Handover(giver: bob, taker: alice, pieces: [piece])]
        #expect(throws: ShiftError.withoutEffect, "who are on call together have nothing to swap") { try after(try weekly(["A,B"]), both) }
    }

    @Test func aNameThatWasNotLookedUpIsNobodysYet() throws {
        #expect(try book.covers(weekly(["A", "B,C"])) && !book.covers(weekly(["A", "D"])))
        #expect(try weekly(["D"]).pieces(of: dan, .primary, in: range("03T00", "04T00"), book).isEmpty)
        #expect(try weekly(["A"]).pieces(of: alice, .primary, in: range("03T00", "04T00"), book) == [range("03T00", "04T00")])
    }
}
