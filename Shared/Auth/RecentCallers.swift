import Crypto
import Foundation
import Synchronization

/// Whose API tokens were good a moment ago, for whoever must know without waiting; a token is kept as its digest.
final class RecentCallers: Sendable {
    private struct Caller {
        let principal: Principal
        let askedAt: Date
    }

    private let callers = Mutex(BoundedCache<SHA256Digest, Caller>(limit: StandingCache.limit))

    /// Nil for a token that is no good.
    func remember(_ principal: Principal?, of token: String, askedAt: Date) {
        let caller = principal.map { Caller(principal: $0, askedAt: askedAt) }
        let digest = Self.digest(token)
        callers.withLock { $0[digest] = caller }
    }

    func principal(of token: String, since oldest: Date) -> Principal? {
        let digest = Self.digest(token)
        guard let caller = callers.withLock({ $0[digest] }), caller.askedAt > oldest else { return nil }
        return caller.principal
    }

    private static func digest(_ token: String) -> SHA256Digest {
        SHA256.hash(data: Data(token.utf8))
    }
}
