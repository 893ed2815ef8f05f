import Auth
import Contracts
import Foundation
import OnCall
import Synchronization

/// IncidentManagement as far as OnCall asks it: one API token per role, and the accounts a test makes.
final class FakeIncidents: StandingSource, AccessKeySource, AccountSource, EscalationOrderTaker {
    struct Unreachable: Error {}
    /// What the real one answers with a 422.
    struct Refused: Error {}

    private struct State {
        var accounts: [String: KnownUser] = [:]
        var isReachable = true
        var revoked: Set<Role> = []
        var questions: [[String]] = []
        var orders: [EscalationOrder] = []
        var people: [String: Standing] = [:]
        var verdict = EscalationOrderAnswer.Verdict.paged
    }

    private let tokens = Dictionary(uniqueKeysWithValues: Role.allCases.map { ($0, APIToken.make(kind: .api)) })
    private let state = Mutex(State())

    func token(_ role: Role) -> String? { tokens[role]?.text.reveal() }

    /// An API token of that person's own.
    func token(of person: Standing) -> String {
        let token = APIToken.make(kind: .api)
        state.withLock { $0.people[token.digest] = person }
        return token.text.reveal()
    }

    /// The handles of every question for accounts, in order.
    var questions: [[String]] { state.withLock { $0.questions } }

    /// The people it was told to page.
    var orders: [EscalationOrder] { state.withLock { $0.orders } }

    func answerOrders(_ verdict: EscalationOrderAnswer.Verdict) {
        state.withLock { $0.verdict = verdict }
    }

    func escalate(_ order: EscalationOrder) async throws -> EscalationOrderAnswer {
        try state.withLock { state in
            guard state.isReachable else { throw Unreachable() }
            state.orders.append(order)
            return EscalationOrderAnswer(verdict: state.verdict)
        }
    }

    /// - Parameter handle: the address or the user name; both are found in any spelling.
    func know(_ handle: String, as user: KnownUser) {
        state.withLock { $0.accounts[handle.lowercased()] = user }
    }

    /// From the next question about its token on.
    func revoke(_ role: Role) {
        _ = state.withLock { $0.revoked.insert(role) }
    }

    func reachable(_ isReachable: Bool) {
        state.withLock { $0.isReachable = isReachable }
    }

    func standing(of question: StandingQuestion) async throws -> Standing {
        if let person = state.withLock({ $0.people[question.subject] }) { return person }
        let known = tokens.first { $0.value.digest == question.subject }?.key
        guard let role = known, !state.withLock({ $0.revoked.contains(role) }) else { return .none }
        return Standing(role: role, name: role.rawValue)
    }

    func jwks() async throws -> String { #"{"keys":[]}"# }

    func users(_ question: RecipientQuestion) async throws -> RecipientAnswer {
        try state.withLock { state in
            state.questions.append(question.handles)
            guard state.isReachable else { throw Unreachable() }
            guard question.handles.count <= RecipientQuestion.limit, question.handles.allSatisfy(RecipientQuestion.admits) else {
                throw Refused()
            }
            let known = question.handles.compactMap { handle in state.accounts[handle.lowercased()].map { (handle, $0) } }
            return RecipientAnswer(users: Dictionary(known) { first, _ in first })
        }
    }
}
