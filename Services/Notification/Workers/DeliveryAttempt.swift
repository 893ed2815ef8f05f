import Contracts
import Foundation
import Logging
import ServiceKit
import WorkQueue

/// Takes one claimed delivery to its end or to its next try: verdict, permit, record, call, settle.
struct DeliveryAttempt: Sendable {
    /// The provider's deadline (reliability NOT-4).
    static let providerLimit: Duration = .seconds(10)
    /// After this much of the lease no call begins: what is left covers the provider's deadline and the settle.
    static let startLimit: Duration = Lease.usual - DeliveryStore.leaseNeeded
    /// Between two tries to write an end down; a failover takes seconds.
    static let settlePause: Duration = .milliseconds(250)
    /// Grants that went stale before the call until it counts as no answer.
    static let staleLimit = 3

    let store: DeliveryStore
    let channels: ChannelDirectory
    let gate: PermitGate
    let stopwatch: any Stopwatch
    let clock: any Clock
    let metrics: NotificationMetrics
    let logger: Logger
    let worker: String
    let chance: @Sendable () -> Double

    /// - Parameter claimedAt: the stopwatch's time from before the claim.
    /// - Returns: lanes with deliveries that were brought forward.
    func run(_ claimed: DeliveryStore.Claimed, claimedAt: Duration) async throws -> Set<DeliveryLane> {
        if let verdict = claimed.delivery.verdict(at: clock.now) { return try await settle(claimed, verdict, nil) }
        var replaced: AttemptID?
        for round in 1...Self.staleLimit {
            switch await permit(for: claimed.delivery) {
            case .refused(let reason):
                metrics.count(.refused)
                return try await settle(claimed, .cancelled(reason), nil)
            case .notNeeded(let id):
                return try await begin(claimed, id, .notNeeded, replaced, claimedAt) ?? []
            case .unanswered(let id):
                metrics.count(.unanswered)
                return try await begin(claimed, id, .unanswered, replaced, claimedAt) ?? []
            case .granted(let id, let grantedAt):
                metrics.count(.granted)
                if let lanes = try await begin(claimed, id, .granted, replaced, claimedAt, grantedAt: grantedAt) { return lanes }
                metrics.count(.stale)
                replaced = id
                if round == Self.staleLimit { metrics.count(.unanswered) }
            }
        }
        return try await begin(claimed, .make(at: clock.now), .unanswered, replaced, claimedAt) ?? []
    }

    private enum Permission {
        case notNeeded(AttemptID), refused(CancelReason), unanswered(AttemptID), granted(AttemptID, at: Duration)
    }

    private func permit(for delivery: DueDelivery) async -> Permission {
        guard let incident = delivery.incidentID, let epoch = delivery.epoch else { return .notNeeded(.make(at: clock.now)) }
        switch await gate.decide(page: delivery.pageID, incident: incident, epoch: epoch, now: clock.now) {
        case .granted(let id, let at): return .granted(id, at: at)
        case .refused(let reason): return .refused(reason)
        case .unanswered(let id): return .unanswered(id)
        }
    }

    /// Writes the attempt down and makes it.
    /// - Returns: nil when the grant went stale before the call could begin.
    private func begin(
        _ claimed: DeliveryStore.Claimed, _ id: AttemptID, _ standing: PermitStanding, _ replaced: AttemptID?, _ claimedAt: Duration,
        grantedAt: Duration? = nil
    ) async throws -> Set<DeliveryLane>? {
        let attempt = NewAttempt(id: id, permit: standing, replacing: replaced, worker: worker)
        guard try await store.begin(attempt, under: claimed.lease, now: clock.now) else { return try await stop(claimed) }
        if let grantedAt, !gate.isFresh(grantedAt: grantedAt) { return nil }
        guard stopwatch.elapsed - claimedAt < Self.startLimit else { return [] }
        let start = stopwatch.elapsed
        let result = await channels[claimed.delivery.channel].send(claimed.message, deadline: Self.providerLimit)
        let took = stopwatch.elapsed - start
        metrics.count(result, by: claimed.delivery.channel, in: took)
        let decision = DeliveryDecision.after(
            result, tries: claimed.lease.attempts, took: took, permit: standing, now: clock.now, expiresAt: claimed.delivery.expiresAt,
            chance: chance()
        )
        return try await settle(claimed, decision, called: AttemptEnd(id: id, result: result), claimedAt)
    }

    /// Writes down what became of a call, and waits for a database that goes away meanwhile, as in a failover, for as long as the lease lasts: what is not
    /// written down is sent again by whoever claims next. Should somebody have claimed already, the fence tells.
    private func settle(
        _ claimed: DeliveryStore.Claimed, _ decision: DeliveryDecision, called attempt: AttemptEnd, _ claimedAt: Duration
    ) async throws -> Set<DeliveryLane> {
        while true {
            do {
                return try await settle(claimed, decision, attempt)
            } catch let error as any TransientFailure {
                guard error.isTransient, stopwatch.elapsed - claimedAt < Lease.usual else { throw error }
                try await stopwatch.pause(Self.settlePause)
            }
        }
    }

    /// The attempt was not to begin: settles for what is known against it, or leaves it to whoever has the lease now.
    private func stop(_ claimed: DeliveryStore.Claimed) async throws -> Set<DeliveryLane> {
        guard let verdict = try await store.find(claimed.delivery.id)?.verdict(at: clock.now) else { return [] }
        return try await settle(claimed, verdict, nil)
    }

    func settle(
        _ claimed: DeliveryStore.Claimed, _ decision: DeliveryDecision, _ attempt: AttemptEnd?
    ) async throws -> Set<DeliveryLane> {
        guard case .done(let lanes) = try await store.settle(claimed, as: decision, after: attempt, now: clock.now) else {
            log(.warning, "delivery was settled by another worker", claimed, decision)
            return []
        }
        metrics.count(.init(decision), by: claimed.delivery.channel)
        log(decision.logLevel, "delivery settled", claimed, decision)
        return lanes
    }

    private func log(_ level: Logger.Level, _ message: Logger.Message, _ claimed: DeliveryStore.Claimed, _ decision: DeliveryDecision) {
        logger.log(
            level: level, message,
            metadata: [
                "notification.id": "\(claimed.delivery.pageID)", "delivery.id": "\(claimed.delivery.id)",
                "notification.channel": "\(claimed.delivery.channel.rawValue)", "delivery.state": "\(decision.state.rawValue)",
                "delivery.reason": "\(decision.reason)", "delivery.attempts": "\(claimed.lease.attempts)",
                "incident.id": "\(claimed.delivery.incidentID.map(\.description) ?? "")",
            ])
    }
}

extension DeliveryDecision {
    fileprivate var logLevel: Logger.Level {
        switch self {
        case .sent, .cancelled: .info
        case .retry, .expired, .failed: .warning
        case .buried: .error
        }
    }
}
