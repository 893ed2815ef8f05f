import Auth
import Contracts
import Foundation

/// The suite's authenticator on the truth itself: nothing is cached, and an access token whose holder signed out is refused at once.
struct LocalAuthenticator: Authenticator {
    let suite: SuiteAuthenticator
    let accessTokens: AccessTokenStore

    func principal(for credential: Credential) async throws -> Principal? {
        guard let principal = try await suite.principal(for: credential) else { return nil }
        guard case .user(let user) = principal.kind, case .bearer(let token) = credential else { return principal }
        guard let issuedAt = IssueTime.of(token) else { return nil }
        return try await accessTokens.isRefused(token, of: user, issuedAt: issuedAt) ? nil : principal
    }
}
