import Foundation

/// Full-jitter back-off between the attempts of one delivery (reliability §4.4).
package enum RetryDelay {
    /// The first delay's upper bound.
    static let base: Double = 2
    /// No delay is longer: a page that waits minutes for its next try is a page not sent.
    static let cap: Double = 30
    /// What a provider's `Retry-After` may ask for at least; above, the page's expiry bounds it.
    static let minimumAsked: Double = 1

    /// Seconds until the next attempt.
    ///
    /// - Parameters:
    ///   - tries: attempts made so far, at least 1.
    ///   - asked: the provider's `Retry-After`, which wins.
    ///   - chance: a random number in 0..<1.
    package static func seconds(afterTries tries: Int, asked: Duration?, chance: Double) -> Double {
        if let asked { return max(minimumAsked, asked / .seconds(1)) }
        let bound = min(cap, base * pow(2, Double(min(max(tries, 1), 10) - 1)))
        return bound * chance
    }
}
