/// What became of a sign-in; the label of `tocsin_logins_total`. The person is told less.
package enum LoginOutcome: String, Sendable, CaseIterable {
    case succeeded
    case wrongPassword = "wrong_password"
    case unknownUser = "unknown_user"
    case disabled
    case throttled
    /// Too many passwords are being compared already.
    case busy
}
