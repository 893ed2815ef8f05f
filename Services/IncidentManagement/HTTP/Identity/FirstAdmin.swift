import Auth
import Contracts
import Foundation
import ServiceKit

/// Makes the first admin, by whoever has read the set-up token.
struct FirstAdmin: Sendable {
    let users: UserStore
    let tokens: SetupTokenStore
    let passwords: PasswordCheck

    /// Refuses before hashing anything, so that strangers cannot keep the processor busy; the transaction decides.
    func create(_ request: SetupRequest, origin: AuditOrigin) async throws -> User {
        guard try await !users.hasActiveAdmin() else { throw IdentityError.alreadySetUp }
        let digest = SetupTokenStore.digest(request.token)
        guard try await tokens.isGood(digest: digest, at: origin.at) else {
            // Somebody else may have used it between the two questions.
            throw try await users.hasActiveAdmin() ? IdentityError.alreadySetUp : .wrongSetupToken
        }
        let hash = try await passwords.hash(request.draft.password)
        return try await users.createFirstAdmin(
            request.draft, passwordHash: hash, tokenDigest: digest, origin: origin.by(request.draft.email.text)
        )
    }
}
