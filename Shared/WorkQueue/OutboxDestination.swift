package import Postgres

/// What became of one item.
package enum OutboxAnswer: Sendable, Hashable {
    /// The receiver has it, or had it already: the row is deleted.
    case done
    /// The receiver could not be reached, or was not able to answer (a timeout, a 5xx, a 429): the item waits and is sent again, for ever.
    ///
    /// When every item of a batch is answered so, the destination counts as down: all its messages wait, with full jitter between 0.05 s and a
    /// limit that doubles from 0.2 s to 5 s. `after` is the receiver's own wish (`Retry-After`), kept when longer, up to a minute.
    case retry(reason: String, after: Duration? = nil)
    /// The receiver is well, but this item must wait (`out_of_order`, a conflict that will pass): only the item and its key do.
    case postponed(reason: String, after: Duration? = nil)
    /// The receiver will never take it (a 4xx that is no wait): buried in `outbox_dead`, counted, logged as an error, and the key goes on.
    case refused(reason: String)
}

/// Somebody who takes messages: another daemon, by its client.
package protocol OutboxDestination: Sendable {
    /// What ``OutboxMessage/destination`` says.
    var name: String { get }
    /// Items a call of ``deliver(_:)`` may carry: 1 to ``LeasedTable/claimLimit``.
    var batchLimit: Int { get }
    /// Takes the items to the receiver: at most one of an ordering key, the oldest due first, none of them twice at the same time.
    ///
    /// Never throws: a failure is an answer. It must come back well within the relay's lease (30 s), so each call has a deadline. No transaction is
    /// open meanwhile. An item can come again after `.done` when this process died before recording it, hence the message id.
    /// - Returns: an answer for each item in the same order; a missing one counts as a retry.
    func deliver(_ items: [OutboxItem]) async -> [OutboxAnswer]
    /// Hears of an item that is given up, in the transaction that buries it: for the timeline, or for the next level of an escalation.
    func buried(_ item: OutboxItem, reason: BurialReason, in tx: PostgresTransaction) async throws
}

extension OutboxDestination {
    package func buried(_ item: OutboxItem, reason: BurialReason, in tx: PostgresTransaction) async throws {}
}
