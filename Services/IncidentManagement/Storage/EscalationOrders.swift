package import Contracts
package import Foundation
package import Postgres
package import WorkQueue

/// Pages the people whom somebody named, beside the incident's own path: the timer goes on as it was.
package struct EscalationOrders: Sendable {
    /// The place of such a firing: no policy has a step of that number.
    private static let step = -1

    private let lane: PostgresLane
    private let outbox: Outbox
    private let publicURL: String

    package init(_ lane: PostgresLane, outbox: Outbox, publicURL: String) {
        self.lane = lane
        self.outbox = outbox
        self.publicURL = publicURL
    }

    /// Takes an order; one told twice pages once.
    package func take(_ order: EscalationOrder, at now: Date) async throws -> EscalationOrderAnswer {
        guard let reference = IncidentReference(order.incident) else { return EscalationOrderAnswer(verdict: .unknownIncident) }
        return try await lane.transaction { transaction in
            do {
                return EscalationOrderAnswer(verdict: try await take(order, reference, in: transaction, at: now))
            } catch IncidentError.notFound {
                return EscalationOrderAnswer(verdict: .unknownIncident)
            }
        }
    }

    private func take(
        _ order: EscalationOrder, _ reference: IncidentReference, in transaction: PostgresTransaction, at now: Date
    ) async throws -> EscalationOrderAnswer.Verdict {
        let incident = try await IncidentStore(transaction).lock(reference)
        let firings = FiringStore(transaction)
        let id = FiringID(rawValue: order.escalationID.rawValue)
        if try await firings.exists(id) { return .paged }
        guard incident.status == .open else { return .notOpen }
        // One person may be on call under two spellings.
        let calls = order.recipients.filter(\.isReachable).map { StepPlan.Call($0) }.uniqued()
        guard !calls.isEmpty else { return .nobodyReachable }
        let turn = try await firings.count(incident.id, epoch: incident.escalation.epoch, step: Self.step)
        let firing = StepOutcome.Firing(
            incident, .init(step: Self.step, round: turn), StepPlan(.paged, calls: calls), id: id,
            publicURL: publicURL, at: now
        )
        FiringStore.insert(firing, of: incident, in: transaction, at: now)
        FiringStore.insertPages(firing.pages, in: transaction, at: now)
        outbox.add(try firing.pages.map(OutboxMessage.page), in: transaction, now: now)
        try TimelineStore.add(entries(order, firing, incident, at: now), in: transaction)
        return .paged
    }

    private func entries(
        _ order: EscalationOrder, _ firing: StepOutcome.Firing, _ incident: Incident, at now: Date
    ) -> [TimelineEntry] {
        let wish = TimelineEntry(
            incidentID: incident.id, at: now, kind: .escalationRequested, actor: order.actor, note: order.reason,
            details: ["escalation": order.escalationID.description]
        )
        return [wish]
            + firing.pages.map { page in
                TimelineEntry(
                    incidentID: incident.id, at: now, kind: .notify, actor: order.actor,
                    details: ["recipient": page.recipient.name, "role": page.recipient.role, "reason": page.recipient.reason]
                )
            }
    }
}
