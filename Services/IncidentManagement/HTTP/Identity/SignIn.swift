import Auth
import Contracts
import Foundation
import Logging
import ServiceKit

/// Signs people in and out: what decides is in `Domain/Identity`, what remembers in `Storage/Identity`.
///
/// Who is unknown, disabled or has a wrong password takes the same way and the same time, and gets the same answer (reliability AUT-4).
struct SignIn: Sendable {
    let users: UserStore
    let sessions: SessionStore
    let accessTokens: AccessTokenStore
    let passwords: PasswordCheck
    let audit: AuditStore
    let keys: SigningKeyRing
    let metrics: IdentityMetrics
    let logger: Logger

    func signIn(_ name: String, password: String, origin: AuditOrigin) async throws -> SignInAnswer {
        let login = LoginName(name)
        let credential = try await users.credential(of: login)
        let key = LoginThrottleStore.Key(login, of: credential?.user, from: NetworkPrefix(origin.remoteAddress))
        let isRight = try await counting { try await passwords.isRight(password, of: credential, as: key, at: origin.at) }
        guard let verified = credential, isRight, verified.user.isActive else {
            try await refuse(credential?.user, isRight: isRight, origin)
            throw IdentityError.notSignedIn
        }
        let user = verified.user
        guard let token = try await sessions.open(for: verified, origin: origin.by(user.email)) else {
            // The password was right when it was read, and is not any more.
            try await refuse(user, isRight: false, origin)
            throw IdentityError.notSignedIn
        }
        note(.succeeded)
        return try await answer(user, token, at: origin.at)
    }

    func refresh(_ text: String, client: String, origin: AuditOrigin) async throws -> SignInAnswer {
        guard let presented = APIToken(text), presented.kind == .refresh else {
            metrics.count(RefreshDecision.unknown)
            throw IdentityError.notSignedIn
        }
        let refresh = try await sessions.refresh(presented, client: client, origin: origin)
        metrics.count(refresh.decision)
        guard let user = refresh.user, let next = refresh.token else {
            logger.notice("session not renewed", metadata: ["event.reason": "\(refresh.decision.rawValue)"])
            throw IdentityError.notSignedIn
        }
        return try await answer(user, next, at: origin.at)
    }

    /// Ends the session of a refresh token; without one, all sessions of who signed in with the access token, since it does not say which.
    func signOut(refreshToken: String?, accessToken: String?, caller: Principal?, origin: AuditOrigin) async throws {
        if let accessToken, caller != nil { try await accessTokens.refuse(accessToken, at: origin.at) }
        if let refreshToken {
            guard let token = APIToken(refreshToken), token.kind == .refresh else { return }
            try await sessions.close(token, origin: origin)
        } else if case .user(let id) = caller?.kind {
            try await sessions.closeAll(of: id, origin: origin)
        } else {
            throw IdentityError.notSignedIn
        }
    }

    /// Counts the attempts whose password nobody looked at.
    private func counting(_ compare: () async throws -> Bool) async throws -> Bool {
        do {
            return try await compare()
        } catch let error as IdentityError {
            note(error == .busy ? .busy : .throttled)
            throw error
        }
    }

    private func refuse(_ user: User?, isRight: Bool, _ origin: AuditOrigin) async throws {
        let outcome: LoginOutcome = user == nil ? .unknownUser : isRight ? .disabled : .wrongPassword
        note(outcome)
        try await audit.append(
            AuditEntry(
                origin, "session.refuse", user?.auditObject ?? "user:unknown", after: .object([.init("reason", .string(outcome.rawValue))]))
        )
    }

    private func answer(_ user: User, _ refreshToken: APIToken, at now: Date) async throws -> SignInAnswer {
        let accessToken = try await keys.issuer().issue(user: user.id, role: user.role, now: now, lifetime: SessionLifetime.accessToken)
        return SignInAnswer(
            accessToken: accessToken, expiresIn: Int(SessionLifetime.accessToken.components.seconds),
            refreshToken: refreshToken.text.reveal()
        )
    }

    private func note(_ outcome: LoginOutcome) {
        metrics.count(outcome)
        if outcome != .succeeded { logger.notice("sign-in refused", metadata: ["event.reason": "\(outcome.rawValue)"]) }
    }
}
