package import Contracts
package import Foundation
import Postgres
import WorkQueue

/// A request with an idempotency key.
package struct RequestKey: Sendable {
    package let scope: String
    package let route: String
    package let key: String
    package let bodyDigest: Data

    package init(scope: String, route: String, key: String, bodyDigest: Data) {
        self.scope = scope
        self.route = route
        self.key = key
        self.bodyDigest = bodyDigest
    }
}

extension PageStore {
    package enum OnceResult: Sendable, Hashable {
        case accepted(Acceptance)
        /// The page the first request with this key made.
        case known(PageID)
        /// The key came with another body before.
        case mismatch
    }

    /// Stores the page unless the request was made before.
    package func accept(_ page: NewPage, once key: RequestKey, now: Date) async throws -> OnceResult {
        let requests = IdempotencyStore(schema: NotificationMigrations.schema)
        return try await database.transaction { transaction in
            let answer = try await requests.begin(
                in: transaction, scope: key.scope, route: key.route, key: key.key, bodyDigest: key.bodyDigest, now: now)
            switch answer {
            case .mismatch: return .mismatch
            case .replay(_, let body): return PageID(body).map { .known($0) } ?? .mismatch
            case .fresh:
                let acceptance = try await accept([page], in: transaction, now: now)
                try await requests.complete(
                    in: transaction, scope: key.scope, route: key.route, key: key.key, status: 202, body: page.message.pageID.description)
                return .accepted(acceptance)
            }
        }
    }
}
