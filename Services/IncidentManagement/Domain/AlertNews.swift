package import Contracts

/// What an event brings to an open incident, and so whether the incident's record gets a line for it.
package enum AlertNews: Sendable, Hashable {
    /// So many alerts are new to it.
    case joined(Int)
    /// What it has became worse.
    case worse
    /// Alerts it has were reported again: counted, and no news. An alert may fire for weeks, and a record is read by people.
    case repeated

    package init(_ event: AlertEventMessage, to incident: Incident) {
        let joined = event.joined ?? max(0, event.alert.alertCount - incident.alertCount)
        if joined > 0 {
            self = .joined(joined)
        } else {
            self = event.alert.severity > incident.worstTold ? .worse : .repeated
        }
    }

    /// Alerts that are new to the incident, for steps that count them; repeats are none.
    package var joinedCount: Int {
        if case .joined(let count) = self { return count }
        return 0
    }
}
