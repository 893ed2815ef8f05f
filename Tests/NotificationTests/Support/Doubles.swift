import Contracts
import Foundation
import Notification
import Synchronization
import TestSupport

/// Runs only when told, or when somebody pauses on it.
final class ManualStopwatch: Stopwatch {
    private let time = Mutex(Duration.zero)

    var elapsed: Duration { time.withLock { $0 } }

    func advance(by duration: Duration) {
        time.withLock { $0 += duration }
    }

    func pause(_ duration: Duration) async throws {
        try Task.checkCancellation()
        advance(by: duration)
        await Task.yield()
    }
}

/// Answers permits as a test wants and keeps the questions.
final class RecordingPermits: PermitSource {
    struct Unanswered: Error {}

    private let questions = Mutex<[PermitQuestion]>([])
    private let answer: @Sendable (PermitQuestion, Duration) async throws -> PermitAnswer.Verdict

    init(_ answer: @escaping @Sendable (PermitQuestion, Duration) async throws -> PermitAnswer.Verdict = { _, _ in .granted }) {
        self.answer = answer
    }

    static var silent: RecordingPermits { RecordingPermits { _, _ in throw Unanswered() } }

    var asked: [PermitQuestion] { questions.withLock { $0 } }

    func permit(_ question: PermitQuestion, deadline: Duration) async throws -> PermitAnswer {
        questions.withLock { $0.append(question) }
        return PermitAnswer(verdict: try await answer(question, deadline))
    }
}

/// Keeps what it was asked to send and answers as a test wants.
final class RecordingChannel: Channel {
    let kind: ChannelKind
    private let messages = Mutex<[OutgoingMessage]>([])
    private let answer: @Sendable (OutgoingMessage) async -> ChannelResult

    init(_ kind: ChannelKind, _ answer: @escaping @Sendable (OutgoingMessage) async -> ChannelResult = { _ in .accepted(.smtpAccepted) }) {
        self.kind = kind
        self.answer = answer
    }

    var sent: [OutgoingMessage] { messages.withLock { $0 } }

    func send(_ message: OutgoingMessage, deadline: Duration) async -> ChannelResult {
        messages.withLock { $0.append(message) }
        return await answer(message)
    }
}

/// Gives its results one after the other, the last one for ever.
final class Script: Sendable {
    private let results: Mutex<[ChannelResult]>

    init(_ results: [ChannelResult]) {
        self.results = Mutex(results)
    }

    func next() -> ChannelResult {
        results.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
    }
}

/// How many are inside at a time.
final class Occupancy: Sendable {
    private let count = Mutex((inside: 0, peak: 0))

    var peak: Int { count.withLock { $0.peak } }

    func enter() {
        count.withLock { count in
            count.inside += 1
            count.peak = max(count.peak, count.inside)
        }
    }

    func leave() {
        count.withLock { $0.inside -= 1 }
    }
}
