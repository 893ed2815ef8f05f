import Auth
import Contracts
import Notification
import ServiceClients
import Synchronization

/// IncidentManagement as far as this daemon knows it: one API token per role, some people, permits, and what it was told.
final class FakeIncidents: IncidentGateway {
    private let tokens = Dictionary(uniqueKeysWithValues: Role.allCases.map { ($0, APIToken.make(kind: .api)) })
    private let reported = Mutex<[PageOutcome]>([])
    private let away = Mutex(false)

    static let people = [
        "alice@example.org": KnownUser(id: Samples.alice, name: "Alice", email: "alice@example.org", isActive: true),
        "bob": KnownUser(id: Samples.bob, name: "Bob", email: "bob@example.org", isActive: true),
        "carol": KnownUser(id: UserID.make(at: Samples.now), name: "Carol", email: "carol@example.org", isActive: false),
    ]

    func token(_ role: Role) -> String? { tokens[role]?.text.reveal() }
    var outcomes: [PageOutcome] { reported.withLock { $0 } }
    func goAway(_ isAway: Bool) { away.withLock { $0 = isAway } }

    private func check() throws(ClientError) {
        if away.withLock({ $0 }) { throw ClientError(.unreachable) }
    }

    func known(_ handle: String) async throws(ClientError) -> KnownUser? {
        try check()
        return Self.people[handle]
    }

    func report(_ outcomes: [PageOutcome]) async throws(ClientError) {
        try check()
        reported.withLock { $0 += outcomes }
    }

    func permit(_ question: PermitQuestion, deadline: Duration) async throws -> PermitAnswer {
        try check()
        return PermitAnswer(verdict: .granted)
    }

    /// The responder's token is Alice's, the viewer's Bob's, the administrator's nobody's.
    func standing(of question: StandingQuestion) async throws -> Standing {
        if question.kind == .user {
            let user = Self.people.values.first { $0.id.description == question.subject && $0.isActive }
            return user.map { Standing(role: .responder, userID: $0.id, name: $0.name, email: $0.email) } ?? .none
        }
        guard let role = tokens.first(where: { $0.value.digest == question.subject })?.key else { return .none }
        return Standing(role: role, userID: [.responder: Samples.alice, .viewer: Samples.bob][role], name: role.rawValue)
    }

    func jwks() async throws -> String { #"{"keys":[]}"# }
}
