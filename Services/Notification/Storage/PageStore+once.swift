package import Contracts
package import Foundation
import Postgres
package import ServiceKit
import WorkQueue

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
            switch try await requests.begin(in: transaction, key, now: now) {
            case .mismatch: return .mismatch
            case .replay(_, let body): return PageID(body).map { .known($0) } ?? .mismatch
            case .fresh:
                let acceptance = try await accept([page], in: transaction, now: now)
                try await requests.complete(in: transaction, key, status: 202, body: page.message.pageID.description)
                return .accepted(acceptance)
            }
        }
    }
}
