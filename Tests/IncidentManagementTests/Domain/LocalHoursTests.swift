import Foundation
import IncidentManagement
import Testing

@Suite struct LocalHoursTests {
    /// A time in UTC.
    private static func utc(_ text: String) throws -> Date {
        try #require(ISO8601DateFormatter().date(from: text))
    }

    private static let office = LocalHours(
        from: 540, to: 1_020, weekdays: [.monday, .tuesday, .wednesday, .thursday, .friday], timeZone: "Europe/Berlin"
    )
    private static let night = LocalHours(from: 1_320, to: 360, weekdays: [.friday], timeZone: "UTC")
    private static let always = LocalHours(from: 0, to: 0)

    @Test(arguments: [
        // Berlin is UTC+1 until 2026-03-29, then UTC+2.
        ("2026-03-27T07:59:59Z", false), ("2026-03-27T08:00:00Z", true), ("2026-03-27T15:59:59Z", true), ("2026-03-27T16:00:00Z", false),
        ("2026-03-28T10:00:00Z", false), ("2026-03-30T07:00:00Z", true), ("2026-03-30T06:59:59Z", false),
    ])
    func officeHoursFollowTheWallClock(_ instant: String, isOpen: Bool) throws {
        #expect(Self.office.contains(try Self.utc(instant)) == isOpen)
    }

    @Test(arguments: [
        ("2026-03-27T08:00:00Z", "2026-03-27T08:00:00Z"), ("2026-03-27T03:00:00Z", "2026-03-27T08:00:00Z"),
        // From Friday's end over the night the clocks change to Monday.
        ("2026-03-27T16:00:00Z", "2026-03-30T07:00:00Z"),
    ])
    func theNextOpeningSkipsTheWeekendAndKeepsTheWallClock(_ instant: String, opening: String) throws {
        #expect(Self.office.opening(from: try Self.utc(instant)) == (try Self.utc(opening)))
    }

    @Test(arguments: [
        ("2026-03-27T22:00:00Z", true), ("2026-03-28T05:59:00Z", true), ("2026-03-28T06:00:00Z", false), ("2026-03-28T22:00:00Z", false),
        ("2026-03-27T05:00:00Z", false),
    ])
    func hoursOverMidnightBelongToTheDayTheyBeginOn(_ instant: String, isOpen: Bool) throws {
        #expect(Self.night.contains(try Self.utc(instant)) == isOpen)
    }

    @Test func equalEndsAreTheWholeDay() throws {
        for hour in 0..<24 { #expect(Self.always.contains(try Self.utc("2026-03-27T00:00:00Z") + TimeInterval(hour * 3_600))) }
    }

    @Test func openingThatDaylightSavingSkipsIsTheFirstInstantAfterTheGap() throws {
        let hours = LocalHours(from: 150, to: 240, timeZone: "Europe/Berlin")
        #expect(hours.opening(from: try Self.utc("2026-03-29T00:30:00Z")) == (try Self.utc("2026-03-29T01:00:00Z")))
    }

    /// Whatever the zone, the opening lies within the hours, is never before the question, and nothing before it does.
    @Test(arguments: ["America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago", "UTC"])
    func openingIsTheFirstMinuteWithinTheHours(_ zone: String) throws {
        let start = try Self.utc("2026-03-25T00:00:00Z")
        for quarter in stride(from: 0, to: 14 * 24 * 60, by: 97) {
            let instant = start + TimeInterval(quarter * 60)
            let opening = Self.office.opening(from: instant, in: zone)
            #expect(opening >= instant)
            #expect(Self.office.contains(opening, in: zone))
            if opening > instant { #expect(!Self.office.contains(opening - 60, in: zone)) }
        }
    }

    @Test(arguments: ["9:00", "24:00", "09:60", "+9:00", "0900", "", "09:0a"])
    func onlyTimesOfDayAreRead(_ text: String) {
        #expect(LocalHours.minute(text) == nil)
    }
}
