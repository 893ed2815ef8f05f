import Contracts
package import Foundation

/// Who changes something, and when.
package struct Change: Sendable, Hashable {
    package let actor: String
    package let at: Date

    package init(actor: String, at: Date) {
        self.actor = actor
        self.at = at
    }

    func event(_ kind: HistoryEvent.Kind, _ team: String, _ details: [String: String]) -> HistoryEvent {
        HistoryEvent(id: .make(at: at), kind: kind, team: team, actor: actor, details: details, at: at)
    }
}
