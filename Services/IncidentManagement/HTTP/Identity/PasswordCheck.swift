import Auth
import Foundation

/// The one place where a password is compared: never without taking an attempt from the throttle first.
struct PasswordCheck: Sendable {
    let throttle: LoginThrottleStore
    let hasher: PasswordHasher

    /// Whether it is the password; nil credentials cost the same time. A right one forgets the failures before it.
    ///
    /// Throws ``IdentityError/throttled(_:)``, and ``IdentityError/busy`` with the attempt given back when too many wait already.
    func isRight(_ password: String, of credential: UserStore.Credential?, as key: LoginThrottleStore.Key, at now: Date) async throws
        -> Bool
    {
        if case .blocked(let seconds) = try await throttle.admit(key, at: now) { throw IdentityError.throttled(seconds) }
        let hash = PasswordRule.isPossible(password) ? credential?.passwordHash : nil
        do {
            guard try await hasher.verify(password, against: hash) else { return false }
        } catch {
            try await throttle.giveBack(key, at: now)
            throw IdentityError.busy
        }
        if credential?.user.isActive == true { try await throttle.clear(key) }
        return true
    }

    /// The hash to store for a new password.
    func hash(_ password: String) async throws -> String {
        do {
            return try await hasher.hash(password)
        } catch is PasswordQueueFull {
            throw IdentityError.busy
        }
    }
}
