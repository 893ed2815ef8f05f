import Contracts
import Foundation
import Synchronization
import TestSupport

/// Alerts of a service each, at a steady rate, posted again like any good sender until they are accepted.
final class Load: Sendable {
    private struct Acceptance {
        let sentAt: ContinuousClock.Instant
        let acceptedAt: ContinuousClock.Instant
    }

    private let suite: ProcessSuite
    private let rate: Int
    private let seconds: Int
    /// Connections the load comes over, as from that many monitoring tools: each sends its next alert when the one before has been accepted.
    private let senders: Int
    private let state = Mutex<[String: Acceptance]>([:])
    private let time = Mutex<Duration?>(nil)

    init(suite: ProcessSuite, rate: Int, seconds: Int, senders: Int) {
        self.suite = suite
        self.rate = rate
        self.seconds = seconds
        self.senders = senders
    }

    /// How many alerts it sends.
    var size: Int { rate * seconds }
    /// How much longer than planned it took until the last alert was accepted; nil before.
    var lateness: Duration? { time.withLock { $0 }.map { $0 - .seconds(seconds) } }

    var accepted: Set<String> { state.withLock { Set($0.keys) } }

    /// When the first alert was accepted that was sent after `moment`.
    func firstAccepted(sentAfter moment: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        state.withLock { $0.values.filter { $0.sentAt > moment }.map(\.acceptedAt).min() }
    }

    func acceptedBefore(_ moment: ContinuousClock.Instant) -> Int {
        state.withLock { $0.values.count { $0.acceptedAt <= moment } }
    }

    func run() async throws {
        let clock = ContinuousClock()
        let began = clock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for sender in 0..<senders {
                group.addTask {
                    for number in stride(from: sender, to: self.size, by: self.senders) {
                        try await clock.sleep(until: began + .milliseconds(number * 1000 / self.rate))
                        try await self.post("svc-\(number)")
                    }
                }
            }
            try await group.waitForAll()
        }
        time.withLock { $0 = clock.now - began }
    }

    /// Without an `Idempotency-Key`: the service is in the deduplication key, so that a repeat of what was committed before its connection was cut
    /// joins its alert.
    private func post(_ service: String) async throws {
        let body = #"{"service":"\#(service)","severity":"critical","message":"down","labels":{"team":"chaos"}}"#
        let clock = ContinuousClock()
        for attempt in 0..<120 {
            let sentAt = clock.now
            if (try? await suite.post(.alertIngestion, "/api/v1/alerts", bearer: suite.ingestKey, body)) != nil {
                state.withLock { $0[service] = Acceptance(sentAt: sentAt, acceptedAt: clock.now) }
                return
            }
            try await clock.sleep(for: .milliseconds(min(50 * (attempt + 1), 500)))
        }
    }
}
