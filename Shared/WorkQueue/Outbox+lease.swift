import Foundation
import Postgres

extension Outbox {
    /// Writes messages of which some are leased for this process's idle relays, as if these had claimed them in this transaction.
    ///
    /// Of an ordering key only the oldest is: one that finds another of its key waiting is written as due.
    func insertLeased(
        _ messages: [OutboxMessage], for places: [String: (place: LeasedPlace<Letter>, relay: OutboxInboxes.Relay)],
        in tx: PostgresTransaction, now: Date
    ) {
        let asked = Self.leasable(messages, room: places.mapValues { min($0.place.room, $0.relay.batchLimit) })
        let ends = messages.map { places[$0.destination].map { now.adding($0.relay.lease) } }
        let workers = messages.map { places[$0.destination]?.relay.worker }
        tx.later(
            """
            INSERT INTO \(unsafeSQL: schema).outbox
                   (destination, message_id, ordering_key, body, expires_at, run_at, created_at, lease_until, fence, attempts, worker)
            SELECT destination, message_id, ordering_key, body, expires_at, \(now), \(now), CASE WHEN is_leased THEN lease_end END,
                   CASE WHEN is_leased THEN nextval('\(unsafeSQL: schema).fence_seq') ELSE 0 END, is_leased::integer,
                   CASE WHEN is_leased THEN worker END
              FROM (SELECT new.*, is_asked AND (ordering_key IS NULL OR NOT EXISTS (
                             SELECT FROM \(unsafeSQL: schema).outbox older
                              WHERE older.destination = new.destination AND older.ordering_key = new.ordering_key)) AS is_leased
                      FROM unnest(\(messages.map(\.destination))::text[], \(messages.map(\.messageID))::uuid[], \(messages.map(\.orderingKey))::text[],
                                  \(messages.map(\.body))::text[], \(messages.map(\.expiresAt))::timestamptz[], \(asked)::boolean[],
                                  \(ends)::timestamptz[], \(workers)::text[])
                           WITH ORDINALITY AS new (destination, message_id, ordering_key, body, expires_at, is_asked, lease_end, worker, place)) new
             ORDER BY place
            ON CONFLICT (message_id, destination) DO NOTHING
            RETURNING id::text AS lease_key, destination, message_id, fence
            """, function: "add"
        ) { result in
            let known = Dictionary(messages.map { (Address($0.destination, $0.messageID), $0) }, uniquingKeysWith: { first, _ in first })
            for row in result.rows {
                // One that cannot be read stays leased, and is claimed when that runs out.
                guard let leased = try? LeasedMessage(row: row), leased.fence > 0, let (place, relay) = places[leased.address.destination],
                    let message = known[leased.address]
                else { continue }
                let lease = Lease(key: leased.key, fence: leased.fence, attempts: 1, until: now.adding(relay.lease))
                place.keep([Letter(lease: lease, item: OutboxItem(message, attempts: 1, createdAt: now))])
            }
        }
        for (place, _) in places.values { tx.afterCommit { place.hand() } }
    }

    /// Which of the messages may be leased: the first of their keys, as many as there is room for.
    static func leasable(_ messages: [OutboxMessage], room: [String: Int]) -> [Bool] {
        var room = room
        var keys: Set<Address<String>> = []
        return messages.map { message in
            if let key = message.orderingKey, !keys.insert(Address(message.destination, key)).inserted { return false }
            guard let left = room[message.destination], left > 0 else { return false }
            room[message.destination] = left - 1
            return true
        }
    }

    /// Something of one destination.
    struct Address<Value: Hashable>: Hashable {
        let destination: String
        let value: Value

        init(_ destination: String, _ value: Value) {
            self.destination = destination
            self.value = value
        }
    }
}

/// What the database gave a new message.
private struct LeasedMessage {
    let key: String
    let address: Outbox.Address<UUID>
    /// 0 where it was not leased.
    let fence: Int64

    init(row: PostgresRow) throws {
        key = try row("lease_key")
        address = Outbox.Address(try row("destination"), try row("message_id"))
        fence = try row("fence")
    }
}
