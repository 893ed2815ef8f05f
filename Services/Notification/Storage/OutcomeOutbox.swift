import Contracts
import Foundation
import Postgres
package import WorkQueue

/// Outcomes on their way to IncidentManagement, written in the transaction that brings them about.
package struct OutcomeOutbox: Sendable {
    package static let destination = Peer.incidentManagement.rawValue
    /// An outcome nobody took for this long is of no use to an escalation any more.
    private static let lifetime: TimeInterval = 24 * 3600

    private let outbox: Outbox

    package init(_ outbox: Outbox) {
        self.outbox = outbox
    }

    func add(_ outcomes: [PageOutcome], in transaction: PostgresTransaction, now: Date) throws {
        guard !outcomes.isEmpty else { return }
        let messages = try outcomes.map { outcome in
            OutboxMessage(
                destination: Self.destination, messageID: .version7(at: now), orderingKey: outcome.incidentID.description,
                body: try WireJSON.encodeText(outcome), expiresAt: now.addingTimeInterval(Self.lifetime)
            )
        }
        outbox.add(messages, in: transaction, now: now)
    }
}

/// A page that came to its end, with what its outcome says.
struct SettledPage: RowDecodable {
    let id: PageID
    let incidentID: IncidentID?
    let epoch: Int?
    let state: PageState
    let reason: String

    init(row: PostgresRow) throws {
        id = try row("id")
        incidentID = try row("incident_id")
        epoch = try row("epoch")
        state = try row("state")
        reason = try row("reason")
    }

    func outcome(channel: ChannelKind?, at now: Date) -> PageOutcome? {
        guard let incidentID, let epoch, let result = state.outcome else { return nil }
        return PageOutcome(pageID: id, incidentID: incidentID, epoch: epoch, result: result, channel: channel, reason: reason, at: now)
    }
}
