import Auth
import Contracts
import Foundation
import Synchronization

/// IncidentManagement as the test wants it: answers, is unreachable, or waits, and counts what it is asked.
final class ScriptedSources: StandingSource, AccessKeySource {
    struct Unreachable: Error {}

    private struct State {
        var standings: [String: Standing] = [:]
        var jwks = ""
        var isReachable = true
        var standingQuestions = 0
        var keyQuestions = 0
        var gate: AsyncStream<Void>?
    }

    private let state = Mutex(State())

    var standingQuestions: Int { state.withLock { $0.standingQuestions } }
    var keyQuestions: Int { state.withLock { $0.keyQuestions } }

    func answer(_ subject: String, _ standing: Standing) { state.withLock { $0.standings[subject] = standing } }
    func serve(jwks: String) { state.withLock { $0.jwks = jwks } }
    func reach(_ isReachable: Bool) { state.withLock { $0.isReachable = isReachable } }
    func hold(at gate: AsyncStream<Void>) { state.withLock { $0.gate = gate } }

    func standing(of question: StandingQuestion) async throws -> Standing {
        let (answer, gate) = state.withLock { state in
            state.standingQuestions += 1
            return (state.isReachable ? state.standings[question.subject] ?? Standing.none : nil, state.gate)
        }
        if let gate { for await _ in gate {} }
        guard let answer else { throw Unreachable() }
        return answer
    }

    func jwks() async throws -> String {
        let jwks = state.withLock { state in
            state.keyQuestions += 1
            return state.isReachable ? state.jwks : nil
        }
        guard let jwks else { throw Unreachable() }
        return jwks
    }
}

/// A clock the test turns.
final class TestTime: Sendable {
    private let state = Mutex(TokenForge.now)

    var now: Date { state.withLock { $0 } }

    func advance(_ seconds: TimeInterval) { state.withLock { $0 += seconds } }
}
