package import Contracts

/// Why a shift does not pass from one to another.
package enum ShiftError: Error, Sendable, Hashable {
    case unknownRequest
    /// The caller is nobody's account with an address, so no schedule can name them.
    case accountRequired
    /// The asker is not on call in the range, or whoever is to give something back is not.
    case notOnCall
    /// Nobody else is on call then: there is nobody to replace.
    case nothingToTake
    /// A temporary schedule or another override would outdo it.
    case withoutEffect
    /// Whoever is to take over is on call for that role of the team already.
    case inAnotherRole(OnCallRole)
    /// The account of whoever is to take over is disabled: their pages would go to the fallback.
    case takerDisabled
    /// It is not the caller's to decide.
    case notTheirs
    case decided(ShiftRequest.State, by: String?)
    /// Its time has come before anybody accepted.
    case expired
    /// The schedule says otherwise by now.
    case void
    /// The schedule names somebody who was not looked up when the request began.
    case moving
}
