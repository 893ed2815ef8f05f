package import Foundation

/// How often one login may be tried from one network.
///
/// An attempt counts as a failure from before its password is looked at, so that attempts made at the same time cannot all be first; a success
/// forgets them. Doubling from one second to a quarter of an hour leaves a guesser 18 attempts in the first hour and 4 in each later one,
/// and never shuts out the owner, who comes from another network.
package struct LoginThrottle: Sendable, Hashable {
    package private(set) var failures: Int
    package private(set) var blockedUntil: Date

    /// People mistype; the sixth attempt is the first that makes anybody wait.
    package static let freeFailures = 5
    package static let longestPause: TimeInterval = 15 * 60
    /// After so long without an attempt the count starts anew.
    package static let memory: TimeInterval = 60 * 60

    /// The database keeps microseconds and a `Date` binary fractions: an instant that comes back may be a little later than it went.
    private static let grain: TimeInterval = 0.001

    package init(failures: Int = 0, blockedUntil: Date = .distantPast) {
        self.failures = failures
        self.blockedUntil = blockedUntil
    }

    /// Asks for one attempt.
    package mutating func admit(at now: Date) -> ThrottleDecision {
        let wait = blockedUntil.timeIntervalSince(now)
        if wait > Self.grain { return .blocked(for: wait) }
        if now.timeIntervalSince(blockedUntil) > Self.memory { failures = 0 }
        failures += 1
        blockedUntil = now.addingTimeInterval(Self.pause(afterFailures: failures))
        return .admitted
    }

    /// Gives an attempt back whose password nobody looked at.
    package mutating func giveBack(at now: Date) {
        failures = max(0, failures - 1)
        blockedUntil = min(blockedUntil, now)
    }

    /// Seconds to wait after so many failures.
    package static func pause(afterFailures failures: Int) -> TimeInterval {
        guard failures > freeFailures else { return 0 }
        return min(longestPause, TimeInterval(1 << min(failures - freeFailures - 1, 20)))
    }
}

package enum ThrottleDecision: Sendable, Hashable {
    case admitted
    /// Seconds from now.
    case blocked(for: TimeInterval)
}
