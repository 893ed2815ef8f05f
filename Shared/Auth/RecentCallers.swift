import Crypto
import Foundation
import Synchronization

/// Whose API tokens were good a moment ago, for whoever must know without waiting; a token is kept as its digest.
final class RecentCallers: Sendable {
    /// A class, since every request copies it out of the lock.
    private final class Caller: Sendable {
        let principal: Principal
        let askedAt: Date

        init(principal: Principal, askedAt: Date) {
            self.principal = principal
            self.askedAt = askedAt
        }
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
        var hash = SHA256()
        var token = token
        token.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        return hash.finalize()
    }
}
