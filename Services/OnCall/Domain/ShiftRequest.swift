package import Contracts
package import Foundation

/// A wish that somebody takes a person's shifts, or takes them for shifts of their own.
package struct ShiftRequest: Sendable, Hashable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        /// Somebody takes the asker's shifts.
        case cover
        /// Each takes the other's.
        case swap
    }

    package enum State: String, Codable, Sendable, CaseIterable {
        case open, accepted, declined, withdrawn
        /// Its time came before anybody accepted.
        case expired
        /// The shifts are not theirs any more.
        case void
    }

    /// How it ended, when it did.
    package struct Decision: Sendable, Hashable {
        package let at: Date
        package let by: String
        /// Who has the asker's shifts now; nil unless accepted.
        package let taker: Responder?
        package let overrides: [OverrideID]

        package init(at: Date, by: String, taker: Responder? = nil, overrides: [OverrideID] = []) {
            self.at = at
            self.by = by
            self.taker = taker
            self.overrides = overrides
        }
    }

    package let id: ShiftRequestID
    package let team: String
    package let kind: Kind
    package let role: OnCallRole
    package let asker: Responder
    /// Who is asked; nil asks everybody of the team.
    package let recipient: Responder?
    package let reason: String?
    /// The asker's shifts as they were when it was asked, in order.
    package let asked: [Range<Date>]
    /// What the asker takes in return: the other's shifts; empty for a cover.
    package let returned: [Range<Date>]
    package let createdAt: Date
    package let expiresAt: Date
    /// Who of the team declined while it stays open for the others.
    package var declinedBy: [String] = []
    package var state: State = .open
    package var decision: Decision?

    package init(
        id: ShiftRequestID, team: String, kind: Kind, role: OnCallRole, asker: Responder, recipient: Responder?, reason: String?,
        asked: [Range<Date>], returned: [Range<Date>], createdAt: Date, expiresAt: Date? = nil
    ) {
        self.id = id
        self.team = team
        self.kind = kind
        self.role = role
        self.asker = asker
        self.recipient = recipient
        self.reason = reason
        self.asked = asked
        self.returned = returned
        self.createdAt = createdAt
        self.expiresAt = expiresAt ?? Self.expiry(asked, returned, createdAt)
    }

    /// As an override: longer absences belong into the schedule.
    package static let longest = TimeInterval(Override.longestHours) * 3600
    /// More than a team has open; bounds a list and what the sweep looks at.
    package static let mostOpen = 100
    /// A month of hourly turns between three.
    package static let mostPieces = 300

    /// A request ends when the first of its shifts begins; one for a shift under way, when that ends.
    private static func expiry(_ asked: [Range<Date>], _ returned: [Range<Date>], _ now: Date) -> Date {
        let ends = [asked, returned].compactMap { side -> Date? in
            guard let first = side.first, let last = side.last else { return nil }
            return first.lowerBound > now ? first.lowerBound : last.upperBound
        }
        return ends.min() ?? now
    }
}

/// Names one shift request for as long as its record is kept.
package struct ShiftRequestID: TypedID {
    package let rawValue: UUID
    package init(rawValue: UUID) { self.rawValue = rawValue }
}
