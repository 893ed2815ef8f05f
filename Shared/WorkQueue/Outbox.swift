package import Foundation
package import Postgres
import ServiceKit

/// Messages to other daemons that become true together with the transaction that writes them: rows of `<schema>.outbox`.
///
/// An ``OutboxRelay`` takes them to their destinations, at least once, each ordering key in its order.
package struct Outbox: Sendable {
    /// Rows of one INSERT: keeps a statement within its deadline and its parameters within a few megabytes.
    static let rowsPerInsert = 500

    let schema: String
    let inboxes = OutboxInboxes()
    private let signals: (any SignalBus)?

    /// - Parameter signals: rung for each destination after the commit of an ``add(_:in:now:)``; without it the caller wakes its relays.
    package init(schema: String, signals: (any SignalBus)? = nil) {
        self.schema = schema
        self.signals = signals
    }

    /// The channel of the doorbell of one destination's relay.
    package static func channel(_ destination: String) -> String {
        "outbox.\(destination)"
    }

    /// Writes messages in the caller's transaction, with its next statement or with COMMIT; one whose id is waiting for the same destination
    /// already is left out. A few messages for a relay of this process that is idle are leased for it, see ``LeasedInbox``.
    package func add(_ messages: [OutboxMessage], in tx: PostgresTransaction, now: Date) {
        // Without a bell a relay comes by much later, and until then a leased message cannot be taken back.
        let places = signals == nil ? [:] : inboxes.places(for: messages)
        if places.isEmpty {
            for start in stride(from: 0, to: messages.count, by: Self.rowsPerInsert) {
                insert(messages[start..<min(start + Self.rowsPerInsert, messages.count)], in: tx, now: now)
            }
        } else {
            insertLeased(messages, for: places, in: tx, now: now)
        }
        guard let signals else { return }
        for destination in Set(messages.map(\.destination)) {
            tx.afterCommit { signals.ring(Self.channel(destination)) }
        }
    }

    /// Gives messages that nobody has tried to send yet a new body, for news that replace older news.
    ///
    /// Take the lock that belongs to the message's key first. A message that a relay holds, or has tried once, is left as it is, because the receiver
    /// may know it under its id: add a new one then.
    /// - Returns: the ids whose body was replaced.
    package func replacePending(
        _ bodies: [UUID: String], destination: String, in tx: PostgresTransaction
    ) async throws -> Set<UUID> {
        guard !bodies.isEmpty else { return [] }
        let ordered = bodies.sorted { $0.key < $1.key }
        let replaced = try await tx.values(
            UUID.self,
            """
            UPDATE \(unsafeSQL: schema).outbox o SET body = new.body
              FROM unnest(\(ordered.map(\.key))::uuid[], \(ordered.map(\.value))::text[]) AS new (message_id, body)
             WHERE o.message_id = new.message_id AND o.destination = \(destination) AND o.attempts = 0 AND o.lease_until IS NULL
            RETURNING o.message_id
            """)
        return Set(replaced)
    }

    /// Puts buried messages back at the end of their keys; a person has removed the reason.
    /// - Parameter ids: of `outbox_dead`.
    @discardableResult
    package func replay(_ db: any PostgresSession, _ ids: [Int64], now: Date) async throws -> Int {
        try await Burial.outbox(schema).replay(db, ids, now: now)
    }

    /// The relay's claim as SQL, for a plan test (reliability QUE-2).
    package func claimStatement(to destination: String, now: Date, limit: Int, lease: Duration, worker: String) -> SQL {
        LeasedTable.outbox(schema, counters: nil).claimStatement(
            where: "t.destination = \(destination)", now: now, limit: limit, lease: lease, worker: worker)
    }

    private func insert(_ messages: ArraySlice<OutboxMessage>, in tx: PostgresTransaction, now: Date) {
        tx.later(
            """
            INSERT INTO \(unsafeSQL: schema).outbox (destination, message_id, ordering_key, body, expires_at, run_at, created_at)
            SELECT destination, message_id, ordering_key, body, expires_at, \(now), \(now)
              FROM unnest(\(messages.map(\.destination))::text[], \(messages.map(\.messageID))::uuid[], \(messages.map(\.orderingKey))::text[],
                          \(messages.map(\.body))::text[], \(messages.map(\.expiresAt))::timestamptz[])
                   WITH ORDINALITY AS new (destination, message_id, ordering_key, body, expires_at, place)
             ORDER BY place
            ON CONFLICT (message_id, destination) DO NOTHING
            """, function: "add")
    }
}

extension LeasedTable {
    /// The outbox, of which only the oldest waiting row of each key and destination can be claimed.
    ///
    /// The test stands inside an OR so that the planner can only probe `outbox_order` for each candidate and never hash the whole table.
    static func outbox(_ schema: String, counters: QueueCounters?) -> LeasedTable {
        LeasedTable(
            "\(schema).outbox",
            where: """
                (t.ordering_key IS NULL OR NOT EXISTS (
                   SELECT FROM \(schema).outbox older
                    WHERE older.destination = t.destination AND older.ordering_key = t.ordering_key AND older.id < t.id))
                """,
            returning: OutboxItem.columns, counters: counters)
    }
}

extension Burial {
    static func outbox(_ schema: String, counters: QueueCounters? = nil) -> Burial {
        Burial(
            kept: ["id", "destination", "message_id", "ordering_key", "body", "expires_at", "created_at", "attempts", "crashes"],
            table: .outbox(schema, counters: counters))
    }
}
