import Foundation
import ServiceKit

/// A request and whom to tell.
struct WaitingSubmission: Sendable {
    let submission: Submission
    let answer: @Sendable (Result<SubmissionResult, any Error>) -> Void
    let since = ContinuousClock.now
}

/// Requests waiting for a lane, or lanes waiting for requests: the batcher's decisions, each returning what is to be done outside of its lock.
struct SubmissionQueue: Sendable {
    typealias Lane = CheckedContinuation<[WaitingSubmission]?, Never>

    enum Action: Sendable {
        case nothing
        case refuse([WaitingSubmission], IngestOverload.Reason)
        case start(Lane, [WaitingSubmission])
        case end([Lane])

        func carryOut() {
            switch self {
            case .nothing: break
            case .refuse(let all, let reason): for waiting in all { waiting.answer(.failure(IngestOverload(reason: reason))) }
            case .start(let lane, let batch): lane.resume(returning: batch)
            case .end(let lanes): for lane in lanes { lane.resume(returning: nil) }
            }
        }
    }

    /// So many waiting requests are worth a second transaction beside a running one. Fewer ride in the next: two half-empty transactions cost
    /// PostgreSQL a third more than one, and where all are alerts of one incident the second only waits for the first one's row.
    static let worthAnotherLane = 64

    /// A transaction that has taken this long may hang; then any new request starts the next lane.
    let slow: Duration
    private var waiting: [WaitingSubmission] = []
    private var idle: [Lane] = []
    /// Lanes at work, and when the last of them began.
    private var working = 0
    private var lastStart: ContinuousClock.Instant?
    private var isStopping = false

    init(slow: Duration) {
        self.slow = slow
    }

    var count: Int { waiting.count }

    mutating func add(_ new: WaitingSubmission, limit: Int, batchLimit: Int) -> Action {
        if isStopping { return .refuse([new], .stopping) }
        guard waiting.count < limit else { return .refuse([new], .queueFull) }
        waiting.append(new)
        guard isAnotherLaneWorthwhile(at: new.since), let lane = idle.popLast() else { return .nothing }
        return start(lane, batchLimit)
    }

    /// - Parameter hasWorked: whether the lane comes back from a batch.
    mutating func offer(_ lane: Lane, limit: Int, hasWorked: Bool) -> Action {
        if hasWorked { working -= 1 }
        if !waiting.isEmpty { return start(lane, limit) }
        if isStopping { return .end([lane]) }
        idle.append(lane)
        return .nothing
    }

    private func isAnotherLaneWorthwhile(at now: ContinuousClock.Instant) -> Bool {
        guard working > 0, let lastStart else { return true }
        return waiting.count >= Self.worthAnotherLane || now - lastStart > slow
    }

    private mutating func start(_ lane: Lane, _ limit: Int) -> Action {
        working += 1
        lastStart = .now
        return .start(lane, take(limit: limit))
    }

    /// Takes nothing new; what waits is still worked off.
    mutating func stop() -> Action {
        isStopping = true
        defer { idle = [] }
        return .end(idle)
    }

    /// What nobody will work off any more.
    mutating func abandon() -> Action {
        isStopping = true
        defer { waiting = [] }
        return .refuse(waiting, .stopping)
    }

    /// The oldest requests with at most `limit` alerts together, or one that has more; it ends before a twin of one it holds.
    private mutating func take(limit: Int) -> [WaitingSubmission] {
        var alerts = 0
        var claims: Set<[String]> = []
        var count = 0
        for next in waiting {
            alerts += next.submission.alerts.count
            if count > 0, alerts > limit { break }
            if let claim = next.submission.idempotency, !claims.insert(claim.identity).inserted { break }
            count += 1
        }
        defer { waiting.removeFirst(count) }
        return Array(waiting.prefix(count))
    }
}
