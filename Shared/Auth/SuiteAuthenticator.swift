package import Contracts
package import Foundation

/// Knows everybody the suite knows: daemons by their tokens, people by access tokens, programs by API tokens.
///
/// A revoked token, a disabled user or a changed role bites within ``standingLifetime``. When IncidentManagement cannot be reached, who was good
/// at most ``standingGrace`` ago still is, so that people can work through its restart.
package actor SuiteAuthenticator: Authenticator {
    /// How old an answer may be that is used without asking (architecture §5: revocation bites within 2 s).
    package static let standingLifetime: Duration = .seconds(2)
    /// How old an answer may be that is used when nobody can be asked.
    package static let standingGrace: Duration = .seconds(60)

    private let audience: Peer
    private let internalTokens: InternalTokens
    private let clock: @Sendable () -> Date
    private let standings: StandingCache
    private let keyRing: AccessKeyRing
    private let recent = RecentCallers()
    private let lifetime: TimeInterval

    /// - Parameter standingLifetime: `.zero` where the source is the truth itself and every call may ask it.
    package init(
        audience: Peer, internalTokens: InternalTokens, issuer: String, keys: any AccessKeySource, standing: any StandingSource,
        clock: @escaping @Sendable () -> Date, standingLifetime: Duration = SuiteAuthenticator.standingLifetime
    ) {
        self.audience = audience
        self.internalTokens = internalTokens
        self.clock = clock
        lifetime = Double(standingLifetime.components.seconds)
        standings = StandingCache(source: standing, lifetime: standingLifetime, grace: Self.standingGrace, clock: clock)
        keyRing = AccessKeyRing(source: keys, issuer: issuer, clock: clock)
    }

    package func principal(for credential: Credential) async throws -> Principal? {
        switch credential {
        case .bearer(let text):
            if let token = APIToken(text) { return try await program(token) }
            if let peer = internalTokens.verify(text, audience: audience) { return Self.daemon(peer) }
            return try await person(text)
        case .apiKey(let text):
            guard let token = APIToken(text) else { return nil }
            return try await program(token)
        case .genieKey:
            return nil
        }
    }

    /// The caller of an API token that was looked up within the standing's lifetime, as ``principal(for:)`` would say; nil leaves it to that.
    package nonisolated func recentPrincipal(for credential: Credential, now: Date) -> Principal? {
        switch credential {
        case .bearer(let text), .apiKey(let text): recent.principal(of: text, since: now.addingTimeInterval(-lifetime))
        case .genieKey: nil
        }
    }

    private static func daemon(_ peer: Peer) -> Principal {
        Principal(kind: .daemon(peer), role: nil, name: peer.rawValue)
    }

    private func program(_ token: APIToken) async throws -> Principal? {
        guard token.kind == .api else { return nil }
        let digest = token.digest
        let entry = try await standings.standing(of: StandingQuestion(kind: .apiToken, subject: digest))
        let principal = Self.program(entry.standing, digest: digest)
        recent.remember(principal, of: token.text.reveal(), askedAt: entry.askedAt)
        return principal
    }

    private static func program(_ standing: Standing, digest: String) -> Principal? {
        guard let role = standing.role else { return nil }
        let name = standing.name ?? "unnamed"
        return Principal(
            kind: .apiToken(name), role: role, name: name, email: standing.email, teams: standing.teams, owner: standing.userID,
            tokenID: String(digest.prefix(32))
        )
    }

    private func person(_ token: String) async throws -> Principal? {
        guard let user = try await keyRing.user(of: token) else { return nil }
        let standing = try await standings.standing(of: StandingQuestion(kind: .user, subject: user.description)).standing
        guard let role = standing.role else { return nil }
        return Principal(
            kind: .user(user), role: role, name: standing.name ?? standing.email ?? user.description, email: standing.email,
            teams: standing.teams
        )
    }
}
