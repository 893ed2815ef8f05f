package import Contracts
package import Foundation

/// What an event brings to an open incident, and so whether the incident's record gets a line for it.
package enum AlertNews: Sendable, Hashable {
    /// So many alerts are new to it.
    case joined(Int)
    /// What it has became worse.
    case worse
    /// Alerts it has were reported again, and it did not change for a while.
    case repeated
    /// The same, too soon after the last change for a line: the next line counts it too.
    case repeatedSoon

    /// How long after a change of the incident repeats leave no line: a record is read by people, and most senders repeat once a minute.
    package static let repeatInterval: TimeInterval = 60

    package init(_ event: AlertEventMessage, to incident: Incident, at now: Date) {
        let joined = event.joined ?? max(0, event.alert.alertCount - incident.alertCount)
        if joined > 0 {
            self = .joined(joined)
        } else if event.alert.severity > incident.worstTold {
            self = .worse
        } else {
            self = now.timeIntervalSince(incident.updatedAt) < Self.repeatInterval ? .repeatedSoon : .repeated
        }
    }

    /// Alerts that are new to the incident, for steps that count them; repeats are none.
    package var joinedCount: Int {
        if case .joined(let count) = self { return count }
        return 0
    }
}
