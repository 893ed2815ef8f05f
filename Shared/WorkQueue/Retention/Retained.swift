package import Foundation
package import ServiceKit

/// What is kept for a time, and for how long: the one table of it. Each is a setting, in days.
package enum Retained: String, CaseIterable, Sendable {
    /// Alerts: `alerting.alert`.
    case alerts = "ALERT_RETENTION_DAYS"
    /// Pages, deliveries, attempts: `notification.page`, `.delivery`, `.attempt`, `.incident_epoch`.
    case notifications = "NOTIFICATION_RETENTION_DAYS"
    /// Who was asked for, and what changed: `oncall.escalation`, `.history_event`, ended rows of `.override`.
    case onCall = "ONCALL_RETENTION_DAYS"
    /// Resolved or deleted incidents with all of their record: `incident.incident` and what refers to it.
    case incidents = "INCIDENT_RETENTION_DAYS"
    /// `incident.audit`.
    case audit = "AUDIT_RETENTION_DAYS"
    /// What nobody could work with: `<schema>.outbox_dead`, `alerting.quarantine`.
    case deadMessages = "DEAD_MESSAGE_RETENTION_DAYS"

    /// Ten years: beyond it 0 is meant.
    package static let longestDays = 3_650

    /// 0 keeps for ever: what people look up years later is kept unless they say otherwise, what machines leave is not.
    package var usualDays: Int {
        switch self {
        case .alerts, .notifications, .onCall: 400
        case .incidents, .audit: 0
        case .deadMessages: 90
        }
    }

    /// Shorter would take away what is still worked with: incidents may be reopened, and neighbours repeat their messages for days.
    package var shortestDays: Int {
        switch self {
        case .alerts, .deadMessages: 1
        case .notifications, .onCall: 14
        case .incidents, .audit: 30
        }
    }
}

extension Settings {
    /// How long something is kept; nil keeps it for ever.
    ///
    /// Throws ``ConfigurationError`` for anything but 0 and whole days between the shortest and the longest.
    package func retention(_ what: Retained) throws -> TimeInterval? {
        let days = try integer(what.rawValue, default: what.usualDays, 0...Retained.longestDays)
        guard days == 0 || days >= what.shortestDays else {
            throw ConfigurationError(what.rawValue, "must be 0 or at least \(what.shortestDays)")
        }
        return days == 0 ? nil : TimeInterval(days) * 86_400
    }
}
