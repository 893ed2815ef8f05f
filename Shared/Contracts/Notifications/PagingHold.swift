package import Foundation

/// Why nothing is sent until a person says so.
package enum PagingHoldReason: String, Codable, Sendable, CaseIterable {
    /// The database was restored from a back-up: its timers and pages are those of a time that is past.
    case restored
}

/// Whether anything leaves the suite: what `GET /api/v1/paging` answers.
package struct PagingStatus: Codable, Sendable, Hashable {
    package let held: Bool
    /// The hold that stands or, when none does, the one that was lifted last; nil when there was never one.
    package let holdID: PagingHoldID?
    package let reason: PagingHoldReason?
    package let heldSince: Date?
    package let releasedAt: Date?
    package let releasedBy: String?
    /// Open incidents whose next step is due.
    package let incidentsDue: Int

    package init(
        held: Bool, holdID: PagingHoldID? = nil, reason: PagingHoldReason? = nil, heldSince: Date? = nil, releasedAt: Date? = nil,
        releasedBy: String? = nil, incidentsDue: Int
    ) {
        self.held = held
        self.holdID = holdID
        self.reason = reason
        self.heldSince = heldSince
        self.releasedAt = releasedAt
        self.releasedBy = releasedBy
        self.incidentsDue = incidentsDue
    }
}

/// IncidentManagement tells Notification that a person lifted a hold; it lifts the hold of that id and no other.
package struct PagingReleased: Codable, Sendable, Hashable {
    package let holdID: PagingHoldID
    package let releasedBy: String
    package let releasedAt: Date

    package init(holdID: PagingHoldID, releasedBy: String, releasedAt: Date) {
        self.holdID = holdID
        self.releasedBy = releasedBy
        self.releasedAt = releasedAt
    }
}
