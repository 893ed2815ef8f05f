import Contracts
import Foundation

/// The public keys of access tokens, fetched when needed and kept.
actor AccessKeyRing {
    /// How often an unknown key id may make us fetch: a rotation is seen at once, a stranger's tokens do not become a flood.
    static let refetchPause: Duration = .seconds(5)
    /// How soon a failed fetch may be repeated.
    static let retryPause: Duration = .seconds(1)
    /// Keys older than this are fetched anew, so that a withdrawn one ends.
    static let lifetime: Duration = .seconds(300)

    private let source: any AccessKeySource
    private let issuer: String
    private let clock: @Sendable () -> Date
    private var verifier: AccessTokenVerifier?
    private var fetchedAt: Date?
    /// When a fetch was last begun, successful or not.
    private var triedAt: Date?
    private var waiting: [CheckedContinuation<Void, Never>]?

    init(source: any AccessKeySource, issuer: String, clock: @escaping @Sendable () -> Date) {
        self.source = source
        self.issuer = issuer
        self.clock = clock
    }

    /// The user the token was issued to, or nil when it is not good. Throws ``AuthenticationUnavailable`` when the keys cannot be had.
    func user(of token: String) async throws -> UserID? {
        guard CompactToken(token) != nil else { return nil }
        if verifier == nil || isOlder(fetchedAt, than: Self.lifetime) { await fetch() }
        guard let verifier else { throw AuthenticationUnavailable() }
        switch verifier.verdict(on: token, now: clock()) {
        case .valid(let user): return user
        case .refused: return nil
        case .unknownKey: return try await userAfterFetch(of: token)
        }
    }

    private func userAfterFetch(of token: String) async throws -> UserID? {
        await fetch()
        guard case .valid(let user) = verifier?.verdict(on: token, now: clock()) else {
            if hasLatestKeys { return nil }
            throw AuthenticationUnavailable()
        }
        return user
    }

    /// One fetch at a time and one per ``refetchPause``; whoever comes while it is under way waits for it.
    private func fetch() async {
        if waiting != nil {
            await withCheckedContinuation { waiting?.append($0) }
            return
        }
        guard isOlder(triedAt, than: hasLatestKeys ? Self.refetchPause : Self.retryPause) else { return }
        waiting = []
        let now = clock()
        triedAt = now
        if let jwks = try? await source.jwks(), let fresh = try? AccessTokenVerifier(jwks: jwks, issuer: issuer) {
            verifier = fresh
            fetchedAt = now
        }
        let others = waiting ?? []
        waiting = nil
        for other in others { other.resume() }
    }

    /// Whether the last fetch worked.
    private var hasLatestKeys: Bool { fetchedAt != nil && fetchedAt == triedAt }

    private func isOlder(_ instant: Date?, than limit: Duration) -> Bool {
        guard let instant else { return true }
        return .seconds(clock().timeIntervalSince(instant)) >= limit
    }
}
