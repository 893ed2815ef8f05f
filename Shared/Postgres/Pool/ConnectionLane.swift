import Synchronization

/// The connections of one purpose: at most so many, lent in the order of asking, for a bounded wait.
final class ConnectionLane: Sendable {
    private typealias Waiter = CheckedContinuation<PostgresConnection, any Error>

    let name: String
    let deadline: Duration
    private let wait: Duration
    private let queue: Mutex<LaneQueue<PostgresConnection, Waiter>>
    private let ids = Atomic<UInt64>(0)
    private let lastFailure = Mutex<PostgresError?>(nil)
    private let gauges: LaneGauges
    private let open: @Sendable (ConnectionLane) -> Void

    /// - Parameter open: Asked to make one more connection and to hand it to ``opened(_:)``.
    init(_ configuration: LaneConfiguration, name: String, gauges: LaneGauges, open: @escaping @Sendable (ConnectionLane) -> Void) {
        self.name = name
        wait = configuration.wait
        deadline = configuration.deadline
        queue = Mutex(LaneQueue(limit: configuration.limit))
        self.gauges = gauges
        self.open = open
    }

    /// Lends a connection; it must be given back.
    ///
    /// - Throws: ``PostgresError`` of kind `poolTimeout` when none was free in time, `unreachable` when none could be made, `closed`;
    ///   `CancellationError` when the task is cancelled, which leaves the queue.
    func lease() async throws -> PostgresConnection {
        switch change({ $0.take() }) {
        case .leased(let connection): return connection
        case .refused: throw PostgresError(.closed, subject: name)
        case .mustWait: return try await queueUp()
        }
    }

    func giveBack(_ connection: PostgresConnection) {
        let isUsable = !connection.isBroken && connection.expiresAt > .now
        carryOut(change { $0.giveBack(connection, isUsable: isUsable) })
    }

    func opened(_ connection: PostgresConnection) {
        lastFailure.withLock { $0 = nil }
        carryOut(change { $0.opened(connection) })
    }

    func failedToOpen(_ error: PostgresError) {
        lastFailure.withLock { $0 = error }
    }

    func keepsOpening() -> Bool {
        change { $0.keepsOpening() }
    }

    func close() {
        let rest = change { $0.close() }
        for connection in rest.idle { connection.close() }
        for waiter in rest.waiters { waiter.resume(throwing: PostgresError(.closed, subject: name)) }
    }

    private func queueUp() async throws -> PostgresConnection {
        let id = ids.add(1, ordering: .relaxed).newValue
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await Task.sleep(for: self.wait)
                self.turnAway(id, self.lastFailure.withLock { $0 } ?? PostgresError(.poolTimeout, subject: self.name))
            }
            defer { group.cancelAll() }
            return try await self.turn(id)
        }
    }

    private func turn(_ id: UInt64) async throws -> PostgresConnection {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                carryOut(change { $0.wait(id, waiter) })
                // Cancelled before it was queued: the handler has run and found nobody.
                if Task.isCancelled { turnAway(id, CancellationError()) }
            }
        } onCancel: {
            turnAway(id, CancellationError())
        }
    }

    private func turnAway(_ id: UInt64, _ reason: any Error) {
        change { $0.leave(id) }?.resume(throwing: reason)
    }

    private func carryOut(_ action: LaneQueue<PostgresConnection, Waiter>.Queued) {
        switch action {
        case .wait: break
        case .waitAndOpen: open(self)
        case .leased(let connection, let waiter): waiter.resume(returning: connection)
        case .refused(let waiter): waiter.resume(throwing: PostgresError(.closed, subject: name))
        }
    }

    private func carryOut(_ action: LaneQueue<PostgresConnection, Waiter>.Return) {
        switch action {
        case .none: break
        case .handOver(let connection, let waiter): waiter.resume(returning: connection)
        case .close(let connection): connection.close()
        case .closeAndOpen(let connection):
            connection.close()
            open(self)
        }
    }

    private func change<Answer: Sendable>(_ body: (inout LaneQueue<PostgresConnection, Waiter>) -> Answer) -> Answer {
        let (answer, counts) = queue.withLock { queue in
            let answer = body(&queue)
            return (answer, (idle: queue.idle.count, leased: queue.leased, waiting: queue.waiting))
        }
        gauges.record(idle: counts.idle, leased: counts.leased, waiting: counts.waiting)
        return answer
    }
}
