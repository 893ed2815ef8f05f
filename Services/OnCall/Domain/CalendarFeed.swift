import Contracts
package import Foundation

/// A calendar of somebody's that says who is off when, and what became of reading it.
package struct CalendarFeed: Sendable, Hashable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        case timeOff = "time_off"
        case holiday
    }

    package let id: CalendarFeedID
    package let kind: Kind
    package let name: String
    package let scope: Holidays.Scope
    /// Whose days are meant by whole days and by times that name no zone.
    package let zoneName: String
    /// Where it is read from, without what may be secret; nil for one that was uploaded.
    package let host: String?
    package let createdBy: String
    package let createdAt: Date

    package init(
        id: CalendarFeedID, kind: Kind, name: String, scope: Holidays.Scope, zoneName: String, host: String?, createdBy: String,
        createdAt: Date
    ) {
        self.id = id
        self.kind = kind
        self.name = name
        self.scope = scope
        self.zoneName = zoneName
        self.host = host
        self.createdBy = createdBy
        self.createdAt = createdAt
    }

    /// Of all teams together; each is read every six hours.
    package static let most = 1000
    /// How often a feed is asked; Google itself renews its feeds no faster.
    package static let interval: TimeInterval = 6 * 3600
    /// How often an upload, which has nobody to ask, is listed anew for a window that moved on.
    package static let uploadInterval: TimeInterval = 24 * 3600
    /// The first pause after a failure; each more doubles it, up to the interval.
    package static let firstPause: TimeInterval = 300

    /// What of a calendar is listed, seen from `now`: history for the ledger, and a year of plans.
    package static func window(at now: Date) -> Range<Date> {
        now.addingTimeInterval(-90 * 86_400)..<now.addingTimeInterval(400 * 86_400)
    }

    /// When to read again; a fifth more or less, so that feeds do not march in step.
    ///
    /// - Parameters:
    ///   - failures: in a row, 0 after a success.
    ///   - chance: from 0 to 1.
    package static func nextReading(after now: Date, failures: Int, isUpload: Bool, chance: Double) -> Date {
        let whole = isUpload ? uploadInterval : interval
        let pause = failures == 0 ? whole : min(whole, firstPause * pow(2, Double(min(failures, 16) - 1)))
        return now.addingTimeInterval(pause * (0.8 + 0.4 * chance))
    }
}

package struct CalendarFeedID: TypedID {
    package let rawValue: UUID
    package init(rawValue: UUID) { self.rawValue = rawValue }
}

/// One time off or holiday that a feed tells of.
package struct CalendarEntry: Sendable, Hashable {
    package let title: String?
    package let span: Range<Date>
    /// The local days it touches.
    package let days: Range<LocalDate>

    package init(title: String?, span: Range<Date>, days: Range<LocalDate>) {
        self.title = title
        self.span = span
        self.days = days
    }
}
