import CIcal
import Foundation

/// The clock an event is told by.
enum WallClock {
    case utc
    case named(TimeZone)
    /// As the calendar describes it itself.
    case described(DescribedZone)

    /// The instant of a reading, both in seconds since 1970.
    ///
    /// As RFC 5545 §3.3.5 has it: a reading that comes twice is its first occurrence, one that is skipped is reckoned with the offset before the
    /// gap. (Hand-offs of rotations have a rule of their own, see `Zone`.)
    func instant(of reading: Int) -> Int {
        let early = reading - offset(at: reading - Self.reach)
        if early + offset(at: early) == reading { return early }
        let late = reading - offset(at: reading + Self.reach)
        return late + offset(at: late) == reading ? late : early
    }

    func reading(at instant: Int) -> Int { instant + offset(at: instant) }

    /// Further than any offset from UTC that a zone ever had, in seconds.
    private static let reach = 16 * 3600

    private func offset(at instant: Int) -> Int {
        switch self {
        case .utc: 0
        case .named(let zone): zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant)))
        case .described(let zone): zone.offset(at: instant)
        }
    }
}

extension WallClock {
    /// A zone of the tz database: `Europe/Berlin`, also with a prefix as `/freeassociation.sourceforge.net/Europe/Berlin`.
    init?(zone name: String) {
        if ["UTC", "GMT", "Z", "Etc/UTC", "Etc/GMT"].contains(name) {
            self = .utc
            return
        }
        let parts = name.split(separator: "/")
        let names = name.hasPrefix("/") ? [parts.suffix(3), parts.suffix(2)].map { $0.joined(separator: "/") } : [name]
        guard let zone = names.lazy.filter({ $0.contains("/") }).compactMap({ TimeZone(identifier: $0) }).first else { return nil }
        self = .named(zone)
    }
}

/// A `VTIMEZONE` of a calendar, in libical's hands: Outlook's zones have names of their own.
final class DescribedZone {
    private let pointer: OpaquePointer

    /// Nil for one that libical cannot read, or whose rules are more than the two changes of a year.
    init?(_ lines: [ContentLine]) {
        guard Self.isPlain(lines) else { return nil }
        let text = (["BEGIN:VTIMEZONE"] + lines.map(\.text) + ["END:VTIMEZONE", ""]).joined(separator: "\r\n")
        guard let component = icalparser_parse_string(text) else { return nil }
        guard icalcomponent_isa(component) == ICAL_VTIMEZONE_COMPONENT, let zone = icaltimezone_new() else {
            icalcomponent_free(component)
            return nil
        }
        guard icaltimezone_set_component(zone, component) != 0 else {
            icaltimezone_free(zone, 1)
            icalcomponent_free(component)
            return nil
        }
        pointer = zone
    }

    deinit { icaltimezone_free(pointer, 1) }

    func offset(at instant: Int) -> Int {
        var time = icaltime_from_timet_with_zone(time_t(instant), 0, icaltimezone_get_utc_timezone())
        var isDaylight: Int32 = 0
        return Int(icaltimezone_get_utc_offset_of_utc_time(pointer, &time, &isDaylight))
    }

    /// libical lists every change from the first on, without any bound on how many a rule makes of a year.
    private static func isPlain(_ lines: [ContentLine]) -> Bool {
        lines.allSatisfy { line in
            switch line.name {
            case "RRULE": RuleText(line.value)?.isOnceAYear ?? false
            case "RDATE": !line.value.contains(",")
            case "DTSTART": Int(line.value.prefix(4)).map { $0 >= CalendarLimits.firstZoneYear } ?? false
            default: true
            }
        }
    }
}
