import Auth
import Contracts
import Foundation
import ServiceKit
import ServiceLifecycle
import Synchronization

/// The short way to "who is on call now": for a program known a moment ago that names a plain team and asks nothing else.
///
/// Everything else goes the framework's way, to ``OnCallController``. Most are answered from ``HeldAnswers`` where they stand; those that come
/// when nothing is held wait together for the next read of the database's revision. No answer is behind a change that was confirmed before the question.
final class CurrentDoor: Service {
    /// Questions that may wait for the next read; more are the framework's.
    static let most = 2000
    /// A question longer than this is none of a team.
    private static let longestName = 100

    private struct Question {
        let team: String
        let answer: @Sendable (@escaping HotRoute.Answer) -> Void
    }

    private struct State {
        var isOpen = false
        var waiting: [Question] = []
        var held = HeldAnswers()
    }

    private let memory: OnCallMemory
    private let authenticator: SuiteAuthenticator
    private let metrics: OnCallMetrics
    private let clock: any Clock
    private let holding: Duration
    private let state = Mutex(State())
    private let bell = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// - Parameter holding: How long an answer is held.
    init(_ memory: OnCallMemory, authenticator: SuiteAuthenticator, metrics: OnCallMetrics, clock: any Clock, holding: Duration) {
        self.holding = holding
        self.memory = memory
        self.authenticator = authenticator
        self.metrics = metrics
        self.clock = clock
    }

    func addRoutes(to routes: Routes) {
        routes.hotGet(OnCallController.currentPath, take: take)
    }

    @Sendable private func take(_ request: HotRequest, _ answer: @escaping @Sendable (@escaping HotRoute.Answer) -> Void) -> HotRoute.Taking
    {
        let now = clock.now
        guard let team = Self.team(request.query), let caller = authenticator.recentPrincipal(for: request.credential, now: now),
            OnCallController.currentAccess.admits(caller)
        else { return .left }
        let (isOpen, held) = state.withLock { ($0.isOpen, $0.held) }
        if isOpen, let text = held.text(team, at: now, .now) {
            metrics.lookup(team)
            return .answered(HotAnswer(status: 200, json: text))
        }
        let (isTaken, isFirst) = state.withLock { state in
            guard state.isOpen, state.waiting.count < Self.most else { return (false, false) }
            state.waiting.append(Question(team: team, answer: answer))
            return (true, state.waiting.count == 1)
        }
        // Whoever found others waiting finds their ring pending too.
        if isFirst { bell.continuation.yield() }
        return isTaken ? .begun : .left
    }

    /// The team of a query that names nothing else, in characters that need no decoding.
    private static func team(_ query: Substring) -> String? {
        guard query.hasPrefix("team=") else { return nil }
        let name = query.dropFirst(5)
        guard (1...longestName).contains(name.utf8.count), name.utf8.allSatisfy(isPlain) else { return nil }
        return String(name)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// Answers until a graceful stop or cancellation; what waits then is told to come again.
    func run() async throws {
        state.withLock { $0.isOpen = true }
        for await _ in bell.stream.cancelOnGracefulShutdown() {
            let questions = state.withLock { state in
                defer { state.waiting.removeAll(keepingCapacity: true) }
                return state.waiting
            }
            await answer(unheld(of: questions))
        }
        let left = state.withLock { state in
            state.isOpen = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for question in left { question.answer { throw Problem.unavailable("This replica stops.") } }
    }

    /// Those that the read before cannot answer; the others, which came while it was under way, are answered.
    private func unheld(of questions: [Question]) -> [Question] {
        let now = clock.now
        let held = state.withLock { $0.held }
        return questions.filter { question in
            guard let text = held.text(question.team, at: now, .now) else { return true }
            metrics.lookup(question.team)
            question.answer { HotAnswer(status: 200, json: text) }
            return false
        }
    }

    private func answer(_ questions: [Question]) async {
        guard !questions.isEmpty else { return }
        do {
            let now = clock.now
            let began = ContinuousClock.now
            let answers = try await memory.current(Array(Set(questions.map(\.team))), at: now)
            state.withLock { $0.held = HeldAnswers(answers, at: now, since: began, for: holding, after: $0.held) }
            let texts = answers.texts.mapValues { $0.text(at: now) ?? $0.whole }
            for question in questions {
                guard let text = texts[question.team] else {
                    metrics.lookup(nil)
                    question.answer { throw OnCallError.unknownTeam }
                    continue
                }
                metrics.lookup(question.team)
                question.answer { HotAnswer(status: 200, json: text) }
            }
        } catch {
            let teams = Dictionary(grouping: questions, by: \.team)
            guard error is UnreadableSchedule, teams.count > 1 else {
                for question in questions { question.answer { throw error } }
                return
            }
            // One of them cannot be read here; the others have nothing to do with it.
            for questions in teams.values { await answer(questions) }
        }
    }
}
