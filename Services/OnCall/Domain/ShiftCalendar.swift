package import Contracts
package import Foundation

/// A calendar that programs read at a secret address.
package struct ShiftCalendar: Sendable, Hashable {
    package enum Subject: Sendable, Hashable {
        /// Everybody's shifts for a team.
        case team(String)
        /// One person's shifts for all teams.
        case person(Responder)
    }

    package let id: CalendarID
    package let subject: Subject
    /// Nil shows both.
    package let role: OnCallRole?
    /// What calendar programs call it.
    package let title: String
    /// Minutes before each shift.
    package let reminders: [Int]
    /// The address of the account with which it ends.
    package let owner: String
    package let createdAt: Date

    package init(
        id: CalendarID, subject: Subject, role: OnCallRole?, title: String, reminders: [Int], owner: String, createdAt: Date
    ) {
        self.id = id
        self.subject = subject
        self.role = role
        self.title = title
        self.reminders = reminders
        self.owner = owner
        self.createdAt = createdAt
    }

    /// One for each device, and then some.
    package static let mostOfOwner = 20
    /// A day, some hours, some minutes.
    package static let mostReminders = 5
    /// Up to four weeks ahead.
    package static let reminderMinutes = 0...40_320
    /// A person is in a few; bounds the work of an answer.
    package static let mostTeams = 50
    /// Hourly turns for a year and a month; what is later is left out.
    package static let mostEvents = 10_000

    package var roles: [OnCallRole] { role.map { [$0] } ?? OnCallRole.allCases }
}

package struct CalendarID: TypedID {
    package let rawValue: UUID
    package init(rawValue: UUID) { self.rawValue = rawValue }
}
