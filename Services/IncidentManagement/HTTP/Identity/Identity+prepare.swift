import Auth
import Foundation
import Logging
import ServiceKit

extension Identity {
    /// To run after the migrations and before the server listens: makes the signing key, and a set-up token while there is no admin.
    ///
    /// Throws ``ConfigurationError`` when `INTERNAL_SECRET` does not open the key, and for a bad `SETUP_TOKEN`.
    package func prepare() async throws {
        do {
            _ = try await keys.issuer()
        } catch is BrokenSeal {
            throw ConfigurationError(
                "INTERNAL_SECRET", "is not the one the row of incident.signing_key was sealed under; restore it, or delete the row"
            )
        }
        guard try await !users.hasActiveAdmin() else { return }
        try await offerSetup()
    }

    private func offerSetup() async throws {
        let chosen = try configuration.setupToken()
        let token = chosen ?? APIToken.make(kind: .setup).text
        try await setupTokens.add(digest: SetupTokenStore.digest(token.reveal()), at: clock.now)
        if chosen == nil {
            announce("Tocsin has no admin yet. Make one with POST /api/v1/auth/setup and this one-time set-up token: \(token.reveal())")
        } else {
            logger.notice("there is no admin yet: use the set-up token given by SETUP_TOKEN or SETUP_TOKEN_FILE")
        }
    }
}
