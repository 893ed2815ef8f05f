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
        kind: kind, zone: try #require(Zone(zone)), handoffTime: try #require(LocalTime(time)), handoffDay: day,
        start: try #require(LocalDate(start))
    )
    return Schedule(id: .make(at: Date(timeIntervalSince1970: 0)), team: "payments", version: 1, rotation: rotation, members: members)
}

func override(
    _ name: String, from starts: String, until ends: String, replacing replaced: String? = nil, made: Double = 0
) throws -> Override {
    Override(
        id: .make(at: Date(timeIntervalSince1970: made)), name: name, email: "\(name.lowercased())@example.org", replaces: replaced,
        reason: nil,
        starts: try instant(starts), ends: try instant(ends)
    )
}
