/// An alert could not be taken in time; the sender is asked to come again. Nothing of it was stored.
package struct IngestOverload: Error, Sendable, Hashable {
    package enum Reason: String, Sendable, CaseIterable {
        /// Too many requests wait.
        case queueFull = "queue_full"
        /// It waited too long for its turn.
        case waitedTooLong = "waited_too_long"
        /// Others took its keys again and again.
        case contention
        /// The database may lose what it confirms (ING-2).
        case notDurable = "not_durable"
        case stopping
    }

    package let reason: Reason

    package init(reason: Reason) { self.reason = reason }
}
