import Contracts
import Foundation
import Postgres

extension PageStore {
    /// - Returns: the ids that were not there before.
    func insert(_ plans: [PagePlan], _ transaction: PostgresTransaction, now: Date) async throws -> [PageID] {
        let messages = plans.map(\.page.message)
        let recipients = messages.map(\.recipient)
        let texts = messages.map(\.message)
        let settled: [Date?] = plans.map { $0.state == .pending ? nil : now }
        return try await transaction.values(
            PageID.self,
            """
            INSERT INTO notification.page
                   (id, firing_id, kind, incident_id, incident_reference, epoch, recipient_key, user_id, recipient_name, recipient_email,
                    recipient_role, recipient_reason, urgency, subject, body, incident_number, severity, service, link, requested_by,
                    state, reason, created_at, expires_at, settled_at, traceparent)
            SELECT id, firing_id, kind, incident_id, incident_reference, epoch, recipient_key, user_id, recipient_name, recipient_email,
                   recipient_role, recipient_reason, urgency, subject, body, incident_number, severity, service, link, requested_by,
                   state, reason, \(now), expires_at, settled_at, traceparent
              FROM unnest(\(messages.map(\.pageID)), \(messages.map(\.firingID)), \(messages.map(\.kind))::text[],
                          \(messages.map(\.incidentID)), \(plans.map(\.page.incidentReference))::text[],
                          \(plans.map { $0.page.needsPermit ? $0.page.message.epoch : nil }), \(plans.map(\.page.recipientKey))::text[],
                          \(recipients.map(\.userID)), \(recipients.map { NewPage.storable($0.name) })::text[],
                          \(recipients.map { NewPage.storable($0.email) })::text[], \(recipients.map { NewPage.storable($0.role) })::text[],
                          \(recipients.map { NewPage.storable($0.reason) })::text[], \(messages.map(\.urgency))::text[],
                          \(texts.map { NewPage.storable($0.subject) })::text[], \(texts.map { NewPage.storable($0.body) })::text[],
                          \(texts.map(\.incidentNumber)), \(texts.map(\.severity))::text[],
                          \(texts.map { $0.service.map(NewPage.storable) })::text[], \(texts.map { $0.link.map(NewPage.storable) })::text[],
                          \(plans.map(\.page.requestedBy))::text[], \(plans.map(\.state))::text[], \(plans.map(\.reason))::text[],
                          \(messages.map(\.expiresAt)), \(settled), \(messages.map { $0.traceparent?.text })::text[])
                   AS given (id, firing_id, kind, incident_id, incident_reference, epoch, recipient_key, user_id, recipient_name,
                             recipient_email, recipient_role, recipient_reason, urgency, subject, body, incident_number, severity, service,
                             link, requested_by, state, reason, expires_at, settled_at, traceparent)
            ON CONFLICT (id) DO NOTHING
            RETURNING id
            """)
    }

    /// The deliveries and their places in the queue, written with the transaction's next statement or with COMMIT.
    /// - Returns: what is due now, by lane.
    func insertDeliveries(_ plans: [PagePlan], _ transaction: PostgresTransaction, now: Date) -> [DeliveryLane: [DeliveryID]] {
        let entries = plans.flatMap { plan in plan.deliveries.map { (page: plan.page, delivery: $0, id: DeliveryID.make(at: now)) } }
        guard !entries.isEmpty else { return [:] }
        let due = entries.map { now.addingTimeInterval(TimeInterval($0.delivery.delayMinutes * 60)) }
        let lanes = entries.map { DeliveryLane($0.delivery.channel) }
        transaction.later(
            """
            WITH given AS (
              SELECT * FROM unnest(\(entries.map(\.id)), \(entries.map(\.page.message.pageID)), \(entries.map(\.delivery.channel))::text[],
                                   \(entries.map { NewPage.storable($0.delivery.address) })::text[], \(entries.map(\.delivery.contactMethod)),
                                   \(due), \(lanes)::text[], \(entries.map(\.page.message.expiresAt)), \(entries.map(\.page.message.incidentID)),
                                   \(entries.map { $0.page.needsPermit ? $0.page.message.epoch : nil }), \(entries.map(\.page.recipientKey))::text[])
                AS given (id, page_id, channel, address, contact_method_id, due_at, lane, expires_at, incident_id, epoch, recipient_key)),
            stored AS (
              INSERT INTO notification.delivery (id, page_id, channel, address, contact_method_id, state, due_at)
              SELECT id, page_id, channel, address, contact_method_id, 'queued', due_at FROM given)
            INSERT INTO notification.delivery_queue (id, page_id, lane, run_at, expires_at, incident_id, epoch, recipient_key)
            SELECT id, page_id, lane, due_at, expires_at, incident_id, epoch, recipient_key FROM given
            """)
        let ready = entries.indices.filter { due[$0] <= now }
        return Dictionary(grouping: ready) { lanes[$0] }.mapValues { $0.map { entries[$0].id } }
    }
}
