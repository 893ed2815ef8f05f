import Auth
package import Contracts
package import Foundation
package import Postgres

/// Says what credentials are worth right now, from the database: the source that all daemons' answers come from.
package struct LocalStanding: StandingSource {
    private let users: UserStore
    private let tokens: APITokenStore
    private let now: @Sendable () -> Date

    package init(_ db: PostgresLane, clock: @escaping @Sendable () -> Date) {
        users = UserStore(db)
        tokens = APITokenStore(db: db)
        now = clock
    }

    package func standing(of question: StandingQuestion) async throws -> Standing {
        switch question.kind {
        case .apiToken:
            return try await tokens.standing(digest: question.subject, at: now()) ?? .none
        case .user:
            guard let id = UserID(question.subject) else { return .none }
            return try await users.find(id)?.standing ?? .none
        }
    }
}
