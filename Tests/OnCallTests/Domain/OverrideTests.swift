import Contracts
import Foundation
import OnCall
import Testing

/// Scenario E6: A is on call, D is not.
@Suite struct OverrideTests {
    private let from = "2026-03-02T10:00:00Z"
    private let until = "2026-03-02T14:00:00Z"

    private func onCall(_ overrides: [Override]) throws -> Duty {
        board([try layer(["A", "D"], from: "2026-03-02")], overrides: overrides).duty(.primary, at: try instant("2026-03-02T12:00:00Z"))
            .duty
    }

    private func make(_ kind: Override.Kind, _ name: String, replacing replaced: String? = nil, made: Double = 0) throws -> Override {
        try override(name, from: from, until: until, replacing: replaced, made: made, kind: kind)
    }

    @Test func eachKindDoesWhatItSays() throws {
        #expect(try onCall([make(.replace, "B", replacing: "A")]).acting.map(\.member.name) == ["B"])
        #expect(try onCall([make(.remove, "A")]) == .nobody(.removed))
        #expect(try onCall([make(.add, "C")]).acting.map(\.member.name) == ["A", "C"])
        #expect(try onCall([make(.standIn, "C")]).acting.map(\.member.name) == ["C"])
        #expect(try onCall([make(.replace, "E", replacing: "D")]).acting.map(\.member.name) == ["A"])
        #expect(try onCall([make(.remove, "D")]).acting.map(\.member.name) == ["A"])
    }

    @Test func nobodyIsOnCallTwice() throws {
        #expect(try onCall([make(.add, "A")]).people.count == 1)
        #expect(try onCall([make(.add, "B"), make(.replace, "B", replacing: "A", made: 1)]).acting.map(\.member.name) == ["B"])
    }

    @Test func oneIsHeededOnTopOfTheOther() throws {
        let first = try make(.replace, "B", replacing: "A")
        let second = try make(.replace, "C", replacing: "B", made: 1)
        #expect(try onCall([second, first]).acting.map(\.member.name) == ["C"])
    }

    @Test func twoOfOnePersonAtOneTimeConflict() throws {
        let first = try make(.replace, "B", replacing: "A")
        for other in [
            try make(.remove, "A"), try make(.add, "B"), try make(.replace, "C", replacing: "A"), try make(.replace, "A", replacing: "D"),
        ] {
            #expect(first.conflicts(with: other) && other.conflicts(with: first), "\(other)")
        }
        let later = try override("B", from: until, until: "2026-03-02T15:00:00Z", kind: .add)
        let stranger = try make(.add, "C")
        #expect(!first.conflicts(with: stranger) && !first.conflicts(with: later), "one ends as the other begins")
    }
}
