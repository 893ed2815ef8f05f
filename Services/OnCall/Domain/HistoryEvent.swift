import Contracts
package import Foundation

/// One change of who is or will be on call, kept for good.
package struct HistoryEvent: Sendable, Hashable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        case teamCreated = "team_created"
        case scheduleCreated = "schedule_created"
        case scheduleReplaced = "schedule_replaced"
        case scheduleUpdated = "schedule_updated"
        case scheduleDeleted = "schedule_deleted"
        case overrideSet = "override_set"
        case overrideRemoved = "override_removed"
        case temporarySet = "temporary_schedule_set"
        case temporaryRemoved = "temporary_schedule_removed"
        case shiftTaken = "shift_taken"
        case shiftRequested = "shift_requested"
        case shiftRequestAccepted = "shift_request_accepted"
        case shiftRequestDeclined = "shift_request_declined"
        case shiftRequestWithdrawn = "shift_request_withdrawn"
        case shiftRequestExpired = "shift_request_expired"
        case shiftRequestVoid = "shift_request_void"
        case handoffRuleSet = "handoff_rule_set"
        case handoffRuleRemoved = "handoff_rule_removed"
        case timeOffAdded = "time_off_added"
        case timeOffRemoved = "time_off_removed"
        case calendarMade = "calendar_made"
        case calendarRenewed = "calendar_renewed"
        case calendarRevoked = "calendar_revoked"
    }

    package let id: HistoryEventID
    package let kind: Kind
    package let team: String
    package let actor: String
    package let details: [String: String]
    package let at: Date

    package init(id: HistoryEventID, kind: Kind, team: String, actor: String, details: [String: String], at: Date) {
        self.id = id
        self.kind = kind
        self.team = team
        self.actor = actor
        self.details = details
        self.at = at
    }
}

package struct HistoryEventID: TypedID {
    package let rawValue: UUID
    package init(rawValue: UUID) { self.rawValue = rawValue }
}
