import Contracts
import Foundation
import OnCall
import Testing

/// Scenario E6, as far as overrides replace.
@Suite struct DutyTests {
    private let noon = "2026-03-02T12:00:00Z"

    private func onCall(_ overrides: [Override], at text: String? = nil, role: OnCallRole = .primary) throws -> DutySpan {
        try schedule(primary("A", "D") + secondary("S"), .weekly, from: "2026-03-02")
            .duty(role, at: try instant(text ?? noon), overrides: overrides)
    }

    @Test func withoutOverrideTheRotationDecidesUntilTheHandOff() throws {
        let span = try onCall([])
        #expect(span.duty.member?.name == "A" && span.duty.reason == "rotation")
        #expect(span.end?.rfc3339 == "2026-03-09T09:00:00Z")
    }

    @Test func anOverrideTakesThePrimarysPlaceUntilItEnds() throws {
        let override = try override("B", from: "2026-03-02T11:00:00Z", until: "2026-03-02T19:00:00Z")
        let span = try onCall([override])
        #expect(span.duty.acting.map(\.reason) == [.override(override)] && span.duty.reason == "override")
        #expect(span.end == override.ends)
        #expect(try onCall([override], at: "2026-03-02T19:00:00Z").duty.member?.name == "A")
        #expect(try onCall([override], at: "2026-03-02T10:59:59Z").end == override.starts)
        #expect(try onCall([override], role: .secondary).duty.member?.name == "S")
    }

    @Test func replacingWhoIsOnCallWorks() throws {
        #expect(try onCall([override("B", from: noon, until: "2026-03-03T00:00:00Z", replacing: "A")]).duty.member?.name == "B")
        #expect(try onCall([override("B", from: noon, until: "2026-03-03T00:00:00Z", replacing: "A@Example.org")]).duty.member?.name == "B")
    }

    @Test func replacingSomebodyWhoIsNotOnCallChangesNothing() throws {
        let span = try onCall([override("E", from: noon, until: "2026-03-12T00:00:00Z", replacing: "D")])
        #expect(span.duty.member?.name == "A")
        #expect(
            try onCall([override("E", from: noon, until: "2026-03-12T00:00:00Z", replacing: "D")], at: "2026-03-10T00:00:00Z").duty.member?
                .name == "E")
    }

    @Test func theOverrideSetLastWins() throws {
        let first = try override("B", from: "2026-03-02T10:00:00Z", until: "2026-03-03T00:00:00Z")
        let second = try override("C", from: "2026-03-02T11:00:00Z", until: "2026-03-02T13:00:00Z", made: 1)
        #expect(try onCall([second, first]).duty.member?.name == "C")
        #expect(try onCall([second, first]).end == second.ends)
        #expect(try onCall([second, first], at: "2026-03-02T13:00:00Z").duty.member?.name == "B")
    }

    @Test func aRoleNobodyHasIsNobodysForEver() throws {
        let span = try schedule(primary("A"), .weekly, from: "2026-03-02").duty(.secondary, at: try instant(noon), overrides: [])
        #expect(span.duty == .nobody(.noMember) && span.end == nil)
    }

    @Test func timelineSplicesOverridesWithoutGap() throws {
        let schedule = try schedule(primary("A", "D"), .daily, from: "2026-03-01")
        let override = try override("B", from: "2026-03-02T11:00:00Z", until: "2026-03-03T10:00:00Z")
        let spans = schedule.timeline(
            .primary, in: try instant("2026-02-28T00:00:00Z")..<instant("2026-03-04T00:00:00Z"), overrides: [override])
        #expect(spans.map { $0.duty.member?.name } == [nil, "A", "D", "B", "B", "A"])
        #expect(spans.first?.start.rfc3339 == "2026-02-28T00:00:00Z" && spans.last?.end?.rfc3339 == "2026-03-04T00:00:00Z")
        for (left, right) in zip(spans, spans.dropFirst()) { #expect(left.end == right.start) }
    }
}
