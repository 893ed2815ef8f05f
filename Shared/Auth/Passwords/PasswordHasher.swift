import Crypto
import Foundation

/// As many sign-ins wait as may: the caller answers 429 (AUT-3).
package struct PasswordQueueFull: Error, Sendable, Hashable {
    package init() {}
}

/// libcrypt would not hash: the cost is out of range or the library has no bcrypt.
package struct PasswordHashingFailed: Error, Sendable, Hashable {
    package init() {}
}

/// Stores passwords as bcrypt over base64(HMAC-SHA-384(pepper, password)) (AUT-3).
///
/// The HMAC makes every password the same 64 characters, so that neither bcrypt's 72 bytes nor C's NUL cut one short, and a stolen table is
/// worthless without the pepper. Passwords are brought to NFKC first: the same letters typed on two keyboards are one password.
package struct PasswordHasher: Sendable {
    /// Hashes computed at a time: each keeps a core busy for a quarter of a second.
    package static let concurrency = 2

    /// Sign-ins that wait for a thread: two and a half seconds of work, about what a person waits.
    package static let queueLimit = 20

    private let pepper: SymmetricKey
    private let cost: Int
    private let threads: BoundedThreads

    /// - Parameter threads: Where hashes are computed; a test that keeps them busy sees whether somebody would.
    package init(pepper: Secret, cost: Int = 12, threads: BoundedThreads = PasswordHasher.threads()) {
        self.pepper = SymmetricKey(data: Data(pepper.reveal().utf8))
        self.cost = cost
        self.threads = threads
    }

    /// As many threads, and as long a queue before them, as a daemon has for its passwords.
    package static func threads() -> BoundedThreads {
        BoundedThreads(name: "password", limit: concurrency, queueLimit: queueLimit)
    }

    /// The hash to store. Throws ``PasswordQueueFull`` or ``PasswordHashingFailed``.
    package func hash(_ password: String) async throws -> String {
        let input = digest(of: password)
        let cost = cost
        let hash = try await onThread { BCrypt.setting(cost: cost).flatMap { BCrypt.hash(input, setting: $0) } }
        guard let hash else { throw PasswordHashingFailed() }
        return hash
    }

    /// Whether the password is the one `hash` was made from; a nil or unreadable hash costs the same time and is always false.
    package func verify(_ password: String, against hash: String?) async throws(PasswordQueueFull) -> Bool {
        let input = digest(of: password)
        let stored = hash.flatMap { BCrypt.cost(of: $0) == nil ? nil : $0 }
        let setting = stored ?? decoy
        let computed = try await onThread { BCrypt.hash(input, setting: setting) }
        guard let stored, let computed else { return false }
        return Secret(computed) == Secret(stored)
    }

    /// Whether a stored hash was made with another cost than today's, so that the next sign-in should store a new one.
    package func needsRehash(_ hash: String) -> Bool { BCrypt.cost(of: hash) != cost }

    /// A setting nobody has a password for, with the cost of a real one.
    private var decoy: String {
        "$2b$" + (cost < 10 ? "0" : "") + String(cost) + "$" + String(repeating: "C", count: 21) + "."
    }

    private func digest(of password: String) -> String {
        let normalized = password.precomposedStringWithCompatibilityMapping
        return Data(HMAC<SHA384>.authenticationCode(for: Data(normalized.utf8), using: pepper)).base64EncodedString()
    }

    private func onThread<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async throws(PasswordQueueFull) -> Result {
        do { return try await threads.run(work) } catch { throw PasswordQueueFull() }
    }
}
