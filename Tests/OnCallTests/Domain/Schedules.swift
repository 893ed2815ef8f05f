import Contracts
import Foundation
import OnCall
import Testing

/// `2026-03-08T15:30:00Z` as an instant.
func instant(_ text: String) throws -> Date {
    try #require(Date(rfc3339: text))
}

func primary(_ names: String...) -> [Member] {
    names.map { Member(name: $0, email: "\($0.lowercased())@example.org", role: .primary) }
}

func secondary(_ names: String...) -> [Member] {
    names.map { Member(name: $0, email: "\($0.lowercased())@example.org", role: .secondary) }
}

func schedule(
    _ members: [Member], _ kind: RotationKind, _ zone: String = "UTC", from start: String, at time: String = "09:00", on day: Weekday? = nil
) throws -> Schedule {
    let rotation = Rotation(
        cadence: Cadence(kind), zone: try #require(Zone(zone)), handoffTime: try #require(LocalTime(time)), handoffDay: day,
        start: try #require(LocalDate(start))
    )
    return Schedule(id: .make(at: Date(timeIntervalSince1970: 0)), team: "payments", version: 1, rotation: rotation, members: members)
}

/// The turns of a plain schedule, as the tests speak of them.
struct Shift: Equatable {
    let index: Int
    let member: Member
    let start: Date
    let end: Date

    fileprivate init(_ layer: Layer, _ turn: Layer.Turn) {
        index = turn.index
        member = layer.people(turn.index)[0]
        start = turn.start
        end = turn.end
    }
}

extension Schedule {
    func shift(_ role: OnCallRole, at instant: Date) -> Shift? {
        guard let layer = layers.first(where: { $0.role == role }) else { return nil }
        return layer.span(at: instant).turn.map { Shift(layer, $0) }
    }

    /// Whole, also where they begin before the range.
    func shifts(_ role: OnCallRole, in range: Range<Date>) -> [Shift] {
        guard let layer = layers.first(where: { $0.role == role }) else { return [] }
        return Board(schedule: self).turns(of: layer, in: range).compactMap { shift(role, at: $0.start) }
    }

    func duty(_ role: OnCallRole, at instant: Date, overrides: [Override]) -> DutySpan {
        Board(schedule: self, overrides: overrides).duty(role, at: instant)
    }

    func timeline(_ role: OnCallRole, in range: Range<Date>, overrides: [Override]) -> [DutySpan] {
        Board(schedule: self, overrides: overrides).timeline(role, in: range)
    }
}

/// A layer of people with one letter each; a comma joins those on call together.
func layer(
    named name: String = "layer", role: OnCallRole = .primary, _ turns: [String], _ cadence: Cadence = Cadence(Cadence.Unit.weekly),
    zone: String = "UTC", from start: String, at time: String = "00:00", on day: Weekday? = .monday, _ restrictions: [Restriction] = []
) throws -> Layer {
    let zone = try #require(Zone(zone))
    let rotation = Rotation(
        cadence: cadence, zone: zone, handoffTime: try #require(LocalTime(time)), handoffDay: day, start: try #require(LocalDate(start)))
    return try #require(
        Layer(name: name, role: role, zone: zone, turns: .clock(rotation), restrictions: restrictions, roster: roster(turns, role)))
}

func roster(_ turns: [String], _ role: OnCallRole = .primary) -> [[Member]] {
    turns.map { turn in turn.split(separator: ",").map { Member(name: String($0), email: nil, role: role) } }
}

func board(_ layers: [Layer], overrides: [Override] = [], temporaries: [TemporarySchedule] = []) -> Board {
    let id = ScheduleID.make(at: Date(timeIntervalSince1970: 0))
    return Board(
        schedule: Schedule(id: id, team: "payments", version: 1, layers: layers), overrides: overrides, temporaries: temporaries)
}

/// A layer of people with one letter each, whose turn passes on after so many worked shifts.
func counted(
    _ turns: [String], each: Int = 1, zone: String, from start: String, _ restrictions: [Restriction]
) throws -> Layer {
    let zone = try #require(Zone(zone))
    let date = try #require(LocalDate(start))
    return try #require(
        Layer(
            name: "counted", role: .primary, zone: zone, turns: .shifts(each: each, from: date), restrictions: restrictions,
            roster: roster(turns)))
}

func restriction(_ day: Weekday?, _ start: String, hours: Double) throws -> Restriction {
    Restriction(day: day, start: try #require(LocalTime(start)), seconds: Int(hours * 3600))
}

func override(
    _ name: String, from starts: String, until ends: String, replacing replaced: String? = nil, made: Double = 0,
    kind: Override.Kind? = nil
) throws -> Override {
    Override(
        id: .make(at: Date(timeIntervalSince1970: made)), kind: kind, name: name, email: "\(name.lowercased())@example.org",
        replaces: replaced,
        reason: nil,
        starts: try instant(starts), ends: try instant(ends)
    )
}
