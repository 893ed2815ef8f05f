import Foundation

/// A request and whom to tell.
struct WaitingSubmission: Sendable {
    let submission: Submission
    let answer: CheckedContinuation<SubmissionResult, any Error>
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
            case .refuse(let all, let reason): for waiting in all { waiting.answer.resume(throwing: IngestOverload(reason: reason)) }
            case .start(let lane, let batch): lane.resume(returning: batch)
            case .end(let lanes): for lane in lanes { lane.resume(returning: nil) }
            }
        }
    }

    private var waiting: [WaitingSubmission] = []
    private var idle: [Lane] = []
    private var isStopping = false

    var count: Int { waiting.count }

    mutating func add(_ new: WaitingSubmission, limit: Int) -> Action {
        if isStopping { return .refuse([new], .stopping) }
        guard waiting.count < limit else { return .refuse([new], .queueFull) }
        if let lane = idle.popLast() { return .start(lane, [new]) }
        waiting.append(new)
        return .nothing
    }

    mutating func offer(_ lane: Lane, limit: Int) -> Action {
        if let batch = take(limit: limit) { return .start(lane, batch) }
        if isStopping { return .end([lane]) }
        idle.append(lane)
        return .nothing
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
    private mutating func take(limit: Int) -> [WaitingSubmission]? {
        var alerts = 0
        var claims: Set<[String]> = []
        var count = 0
        for next in waiting {
            alerts += next.submission.alerts.count
            if count > 0, alerts > limit { break }
            if let claim = next.submission.idempotency, !claims.insert(claim.identity).inserted { break }
            count += 1
        }
        guard count > 0 else { return nil }
        defer { waiting.removeFirst(count) }
        return Array(waiting.prefix(count))
    }
}
