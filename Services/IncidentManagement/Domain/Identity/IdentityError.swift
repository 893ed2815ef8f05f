package import Foundation

/// Why an account, a session or a token cannot be had; HTTP learns them in `IdentityError+problem.swift`.
package enum IdentityError: Error, Sendable, Hashable {
    /// Unknown, wrong, expired, revoked, disabled: the answer is the same for all.
    case notSignedIn
    /// Seconds to wait.
    case throttled(TimeInterval)
    case busy
    case alreadySetUp
    case wrongSetupToken
    case wrongCurrentPassword
    case emailTaken
    case userNameTaken
    case tokenNameTaken
    /// The change would leave nobody who can undo it.
    case lastAdmin
    case noSuchUser
    case noSuchToken
    /// Somebody else changed it since it was read.
    case changedMeanwhile
    /// A daemon or an integration has no account.
    case noAccount
}
