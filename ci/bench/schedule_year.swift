import Contracts
import Foundation

// A year of six layers in five zones with fifty people, restricted in every way: what Tests/OnCallTests/Domain/TimelineTests.swift calls large.
// Compiled with the sources of OnCall's domain by ci/bench-schedule.sh.

func restriction(_ day: Weekday?, _ start: String, hours: Int) -> Restriction? {
    LocalTime(start).map { Restriction(day: day, start: $0, seconds: hours * 3600) }
}

func layer(
    _ name: String, role: OnCallRole = .primary, _ cadence: Cadence, _ zone: String, _ start: String, at time: String, on day: Weekday?,
    _ restrictions: [Restriction?] = []
) -> Layer? {
    guard let zone = Zone(zone), let time = LocalTime(time), let start = LocalDate(start) else { return nil }
    let rotation = Rotation(cadence: cadence, zone: zone, handoffTime: time, handoffDay: day, start: start)
    return Layer(
        name: name, role: role, zone: zone, turns: .clock(rotation), restrictions: restrictions.compactMap(\.self),
        roster: (0..<50).map { [Member(name: "P\($0)", email: nil, role: role)] })
}

func counted(_ zone: String, _ start: String, _ restrictions: [Restriction?]) -> Layer? {
    guard let zone = Zone(zone), let start = LocalDate(start) else { return nil }
    return Layer(
        name: "counted", role: .primary, zone: zone, turns: .shifts(each: 2, from: start), restrictions: restrictions.compactMap(\.self),
        roster: (0..<50).map { [Member(name: "P\($0)", email: nil, role: .primary)] })
}

let layers = [
    layer("base", Cadence(Cadence.Unit.weekly), "Europe/London", "2025-01-06", at: "09:00", on: .monday),
    layer(
        "night", Cadence(Cadence.Unit.daily), "America/New_York", "2025-01-06", at: "02:30", on: nil, [restriction(nil, "22:00", hours: 9)]),
    layer(
        "weekend", Cadence(Cadence.Unit.weekly), "Pacific/Chatham", "2025-01-06", at: "03:00", on: .sunday,
        [restriction(.friday, "18:00", hours: 63)]),
    layer(
        "office", Cadence(Cadence.Unit.hourly, every: 5), "Africa/Casablanca", "2025-01-06", at: "00:00", on: nil,
        [Weekday.monday, .wednesday, .friday].map { restriction($0, "09:00", hours: 8) }),
    counted("Australia/Lord_Howe", "2025-06-01", [Weekday.tuesday, .thursday].map { restriction($0, "02:30", hours: 12) }),
    layer("second", role: .secondary, Cadence(Cadence.Unit.monthly), "UTC", "2025-01-31", at: "00:00", on: nil),
].compactMap(\.self)
precondition(layers.count == 6)

let board = Board(schedule: Schedule(id: .make(at: Date(timeIntervalSince1970: 0)), team: "t", version: 1, layers: layers))
let year = Date(timeIntervalSince1970: 1_767_225_600)..<Date(timeIntervalSince1970: 1_798_761_600)
let clock = ContinuousClock()
var times: [Duration] = []
var spans = 0
for _ in 0..<200 {
    spans = 0
    times.append(clock.measure { for role in OnCallRole.allCases { spans += board.timeline(role, in: year).count } })
}
times.sort()
func milliseconds(_ duration: Duration) -> String { String(format: "%.2f ms", duration / .milliseconds(1)) }
print("a year of six layers and fifty people, \(spans) shifts: median \(milliseconds(times[100])), p99 \(milliseconds(times[198])), of 200")
