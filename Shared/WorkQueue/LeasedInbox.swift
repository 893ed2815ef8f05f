import ServiceKit
import Synchronization

/// Rows that this process leased for its own worker in the transaction that wrote them, so that they reach it without a claim.
///
/// Only an idle worker is given any: a busy one claims anyway, and more at a time. A leased row that never comes, because this process died, is found when
/// its lease runs out, as after a claim.
///
///     guard let place = inbox.place() else { … }   // write the row as due
///     …                                            // write it leased, and `place.keep(row)`
///     tx.afterCommit { place.hand() }              // then ring the worker
package final class LeasedInbox<Row: Sendable>: Sendable {
    /// Rows that may lie here: the few of a quiet hour, in which a claim is a large part of a page's way.
    package static var limit: Int { 8 }
    /// How long an end waits for transactions that hold a place: longer than a commit takes on a slow day.
    static var patience: Duration { .seconds(1) }

    private struct State {
        var isOpen = false
        var rows: [Row] = []
        var places = 0
    }

    private let state = Mutex(State())
    private let left = Doorbell()

    package init() {}

    /// The worker waits for work.
    package func open() {
        state.withLock { $0.isOpen = true }
    }

    /// A place for rows of one transaction; nil while the worker is busy or enough lies here.
    package func place() -> LeasedPlace<Row>? {
        let room = state.withLock { state in
            guard state.isOpen, state.rows.count < Self.limit else { return 0 }
            state.places += 1
            return Self.limit - state.rows.count
        }
        return room > 0 ? LeasedPlace(room: room, inbox: self) : nil
    }

    /// What lies here, for a worker that is busy from now on.
    package func take() -> [Row] {
        state.withLock { state in
            state.isOpen = false
            defer { state.rows = [] }
            return state.rows
        }
    }

    /// What lies here when the transactions under way have come to their end, for a worker that stops.
    package func close() async -> [Row] {
        var rows = take()
        let end = ContinuousClock.now + Self.patience
        while ContinuousClock.now < end, !Task.isCancelled {
            let heard = left.rings
            guard state.withLock({ $0.places > 0 }) else { break }
            await left.wait(after: heard, upTo: end - ContinuousClock.now)
        }
        rows += take()
        return rows
    }

    fileprivate func put(_ rows: [Row]) {
        state.withLock { $0.rows += rows }
    }

    fileprivate func leave() {
        state.withLock { $0.places -= 1 }
        left.ring()
    }
}

/// What one transaction may lease for the worker of an inbox; given up when nothing refers to it, as after a rollback.
package final class LeasedPlace<Row: Sendable>: Sendable {
    /// Rows it may lease.
    package let room: Int
    private let inbox: LeasedInbox<Row>
    private let rows = Mutex<[Row]>([])

    fileprivate init(room: Int, inbox: LeasedInbox<Row>) {
        self.room = room
        self.inbox = inbox
    }

    deinit { inbox.leave() }

    /// Keeps what was leased until the transaction has committed.
    package func keep(_ leased: [Row]) {
        rows.withLock { $0 += leased }
    }

    /// Puts it into the inbox; for `afterCommit`, before the worker's bell.
    package func hand() {
        inbox.put(rows.withLock { $0 })
    }
}
