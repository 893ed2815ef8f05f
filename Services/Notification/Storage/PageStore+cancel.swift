package import Contracts
package import Foundation
import Postgres

extension PageStore {
    /// Notes the epochs and ends every page of an older one; a delivery under way ends by itself, because no attempt begins for a dead page.
    /// - Returns: how many pages came to their end here.
    @discardableResult
    package func raise(_ raised: [EpochRaised], now: Date) async throws -> Int {
        let highest = Dictionary(raised.map { ($0.incidentID, $0) }, uniquingKeysWith: { $0.epoch >= $1.epoch ? $0 : $1 }).values
            .sorted { $0.incidentID < $1.incidentID }
        guard !highest.isEmpty else { return 0 }
        return try await database.transaction { transaction in
            try await note(highest, transaction, now: now)
            let words = highest.map { CancelReason(epochReason: $0.reason) }
            let ended = try await kill(
                """
                SELECT queued.page_id, given.reason
                  FROM notification.delivery_queue queued
                  JOIN unnest(\(highest.map(\.incidentID)), \(highest.map(\.epoch)), \(words)::text[]) AS given (incident_id, epoch, reason)
                    ON queued.incident_id = given.incident_id AND queued.epoch < given.epoch
                """, transaction, now: now)
            try outcomes.add(ended.compactMap { $0.outcome(channel: nil, at: now) }, in: transaction, now: now)
            return ended.count
        }
    }

    private func note(_ raised: [EpochRaised], _ transaction: PostgresTransaction, now: Date) async throws {
        try await transaction.execute(
            """
            INSERT INTO notification.incident_epoch (incident_id, epoch, reason, raised_at)
            SELECT incident_id, epoch, reason, \(now)
              FROM unnest(\(raised.map(\.incidentID)), \(raised.map(\.epoch)), \(raised.map { NewPage.storable($0.reason) })::text[])
                   AS given (incident_id, epoch, reason)
            ON CONFLICT (incident_id) DO UPDATE
               SET epoch = excluded.epoch, reason = excluded.reason, raised_at = excluded.raised_at
             WHERE incident_epoch.epoch < excluded.epoch
            """)
    }

    /// A new page to a person takes the place of that person's older ones of the incident.
    func replaceOlder(_ plans: [PagePlan], _ transaction: PostgresTransaction, now: Date) async throws -> [SettledPage] {
        let pages = plans.filter { $0.state == .pending && $0.page.needsPermit }.map(\.page)
        guard !pages.isEmpty else { return [] }
        return try await kill(
            """
            SELECT queued.page_id, \(CancelReason.superseded) AS reason
              FROM notification.delivery_queue queued
              JOIN unnest(\(pages.map(\.message.pageID)), \(pages.map(\.message.incidentID)), \(pages.map(\.recipientKey))::text[])
                   AS given (page_id, incident_id, recipient_key)
                ON queued.incident_id = given.incident_id AND queued.recipient_key = given.recipient_key
               AND queued.page_id < given.page_id AND queued.epoch IS NOT NULL
            """, transaction, now: now)
    }

    /// Marks pages dead, takes their deliveries out of the queue unless a worker holds them, and ends the pages that have none left.
    ///
    /// - Parameter doomed: rows `(page_id, reason)`.
    private func kill(_ doomed: SQL, _ transaction: PostgresTransaction, now: Date) async throws -> [SettledPage] {
        let touched = try await transaction.values(
            PageID.self,
            """
            WITH doomed AS (SELECT DISTINCT ON (page_id) page_id, reason FROM (\(fragment: doomed)) AS found ORDER BY page_id),
            marked AS (
              UPDATE notification.page SET dead_reason = doomed.reason FROM doomed
               WHERE page.id = doomed.page_id AND page.dead_reason IS NULL),
            gone AS (
              DELETE FROM notification.delivery_queue queued USING doomed
               WHERE queued.page_id = doomed.page_id AND (queued.lease_until IS NULL OR queued.lease_until < \(now))
              RETURNING queued.id, queued.page_id, doomed.reason),
            ended AS (
              UPDATE notification.delivery SET state = 'cancelled', reason = gone.reason, settled_at = \(now) FROM gone
               WHERE delivery.id = gone.id)
            SELECT DISTINCT page_id FROM gone
            """)
        guard !touched.isEmpty else { return [] }
        return try await transaction.all(
            SettledPage.self,
            """
            UPDATE notification.page SET state = 'cancelled', reason = dead_reason, settled_at = \(now)
             WHERE id = ANY(\(touched)) AND state = 'pending'
               AND NOT EXISTS (SELECT FROM notification.delivery_queue queued WHERE queued.page_id = page.id)
            RETURNING id, incident_id, epoch, state, reason
            """)
    }
}
