package import Auth
package import Contracts
package import Foundation
package import Postgres
package import WorkQueue

/// The deliveries that are due, and their way from claim to settle.
package struct DeliveryStore: Sendable {
    /// A lease that is too short for an attempt at the start of the call is not worth starting (reliability QUE-4).
    package static let leaseNeeded: Duration = .seconds(12)

    let database: PostgresLane
    let queue: LeasedTable
    let outcomes: OutcomeOutbox
    private let keys: SealingKeyRing

    /// - Parameter keys: open the signing secrets of webhooks.
    package init(_ database: PostgresLane, outbox: Outbox, keys: SealingKeyRing, counters: QueueCounters? = nil) {
        self.database = database
        self.keys = keys
        outcomes = OutcomeOutbox(outbox)
        queue = Self.table(counters)
    }

    /// Newest first: after an outage the fresh pages matter, and the old ones expire (reliability NOT-7).
    package static func table(_ counters: QueueCounters? = nil) -> LeasedTable {
        LeasedTable(
            "notification.delivery_queue", keyType: .uuid, returning: LoadedDelivery.queued("t"),
            joined: (LoadedDelivery.columns, LoadedDelivery.joins), orderedBy: "t.run_at DESC, t.id DESC", counters: counters)
    }

    /// A delivery under lease, and the message to send.
    package struct Claimed: Sendable {
        package let lease: Lease
        package let delivery: DueDelivery
        package let message: OutgoingMessage
    }

    package struct Batch: Sendable {
        package let claimed: [Claimed]
        /// Took their worker down three times.
        package let poisoned: [Claimed]
        package let more: Bool
    }

    /// Leases what is due in a lane; nothing while a restored system holds its paging, whatever kind of message it is.
    package func claim(_ lane: DeliveryLane, now: Date, limit: Int, worker: String) async throws -> Batch {
        let claim = try await queue.claim(
            database, where: "t.lane = \(lane) AND \(fragment: PagingReleaseStore.holds.isLifted)", now: now, limit: limit, worker: worker)
        return Batch(claimed: try claim.rows.map(loaded), poisoned: try claim.poisoned.map(loaded), more: claim.more)
    }

    func loaded(_ row: LeasedRow) throws -> Claimed {
        let found = try LoadedDelivery(row: row.row, keys: keys)
        return Claimed(lease: row.lease, delivery: found.delivery, message: found.message)
    }

    /// What stands about a delivery now.
    package func find(_ id: DeliveryID) async throws -> DueDelivery? {
        try await database.query(
            """
            SELECT \(unsafeSQL: LoadedDelivery.queued("claimed")), \(unsafeSQL: LoadedDelivery.columns)
              FROM notification.delivery_queue claimed \(unsafeSQL: LoadedDelivery.joins)
             WHERE claimed.id = \(id)
            """
        ).first.map { try LoadedDelivery(row: $0, keys: keys).delivery }
    }

    /// Counts deliveries that came without a claim.
    package func countGiven(_ deliveries: Int) { queue.countGiven(deliveries) }

    /// Hands back what was not begun.
    package func release(_ claimed: [Claimed]) async throws {
        try await queue.release(database, claimed.map(\.lease))
    }
}

private struct LoadedDelivery {
    let delivery: DueDelivery
    let message: OutgoingMessage

    /// The columns of the queue's row.
    static func queued(_ alias: String) -> String {
        ["id", "page_id", "incident_id", "epoch", "expires_at"].map { "\(alias).\($0)" }.joined(separator: ", ")
    }

    /// What the queue's row, here `claimed`, leads to.
    static let columns = """
        delivery.channel, delivery.address, delivery.contact_method_id, page.kind, page.recipient_name, page.subject, page.body,
        page.incident_number, page.severity, page.service, page.link, page.urgency, page.created_at, page.dead_reason, page.traceparent,
        heard.epoch AS heard_epoch, heard.reason AS heard_reason, method.secret, method.sealed_secret, method.secret_key_id,
        delivery.contact_method_id IS NOT NULL AND (method.id IS NULL OR method.disabled_at IS NOT NULL) AS is_method_gone
        """
    static let joins = """
        JOIN notification.delivery ON delivery.id = claimed.id
        JOIN notification.page ON page.id = claimed.page_id
        LEFT JOIN notification.incident_epoch heard ON heard.incident_id = claimed.incident_id
        LEFT JOIN notification.contact_method method ON method.id = delivery.contact_method_id
        """

    init(row: PostgresRow, keys: SealingKeyRing) throws {
        let incident: IncidentID? = try row("incident_id")
        let heardEpoch: Int? = try row("heard_epoch")
        let heardReason: String? = try row("heard_reason")
        let plain: String? = try row("secret")
        let sealed = try SealedSecret(row: row)
        let method: ContactMethodID? = try row("contact_method_id")
        let traceparent: String? = try row("traceparent")
        delivery = DueDelivery(
            id: try row("id"), pageID: try row("page_id"), kind: try row("kind"), channel: try row("channel"),
            contactMethod: method, incidentID: incident, epoch: try row("epoch"), expiresAt: try row("expires_at"),
            deadReason: try row("dead_reason"),
            heard: incident.flatMap { id in heardEpoch.map { EpochRaised(incidentID: id, epoch: $0, reason: heardReason ?? "") } },
            isMethodGone: try row("is_method_gone"), trace: traceparent.flatMap { TraceParent($0) }
        )
        let text = PageText(
            subject: try row("subject"), body: try row("body"), incidentNumber: try row("incident_number"), severity: try row("severity"),
            service: try row("service"), link: try row("link")
        )
        let opened = sealed.flatMap { sealed in method.map { Self.open(sealed, of: $0, keys) } }
        message = OutgoingMessage(
            deliveryID: delivery.id, pageID: delivery.pageID, kind: delivery.kind, incidentID: incident,
            recipientName: try row("recipient_name"),
            address: try row("address"), text: text, urgency: try row("urgency"), createdAt: try row("created_at"),
            signingSecret: plain.map { Secret($0) } ?? opened?.secret, sealFault: opened?.fault
        )
    }

    private static func open(
        _ sealed: SealedSecret, of method: ContactMethodID, _ keys: SealingKeyRing
    ) -> (secret: Secret?, fault: SealFault?) {
        do throws(SealFault) {
            return (try keys.open(sealed, for: .secret(of: method)), nil)
        } catch {
            return (nil, error)
        }
    }
}
