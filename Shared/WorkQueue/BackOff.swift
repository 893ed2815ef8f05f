import Foundation

/// How long to leave a destination, or an item, alone after failures: full jitter under a limit that doubles, so that replicas and keys do
/// not come back in step, and never so little that it spins.
package struct BackOff: Sendable, Hashable {
    package let base: Duration
    package let cap: Duration
    /// The least delay: full jitter alone could answer 0.
    package let floor: Duration
    /// The longest wish of a receiver that is granted (`Retry-After`).
    package let longestWish: Duration

    /// For lanes on the way of a page.
    package static let pages = BackOff(base: .milliseconds(200), cap: .seconds(5))

    package init(base: Duration, cap: Duration, floor: Duration = .milliseconds(50), longestWish: Duration = .seconds(60)) {
        self.base = base
        self.cap = cap
        self.floor = floor
        self.longestWish = longestWish
    }

    /// - Parameters:
    ///   - failures: in a row so far, 1 or more.
    ///   - wish: the receiver's own.
    ///   - chance: from 0 to 1.
    package func delay(after failures: Int, wish: Duration?, chance: Double) -> Duration {
        let doublings = min(max(failures - 1, 0), 16)
        let ceiling = min(base * Int(1 << doublings), cap)
        return max(floor, ceiling * chance, min(wish ?? .zero, longestWish))
    }
}

/// Whether a destination is being left alone, and since how many failures; one relay's own view of it.
///
/// A batch that failed as a whole may have failed for one item in it, on which the receiver breaks. So after a failure one item is tried by itself,
/// and with each success twice as many: the item ends up alone, and waits alone.
struct DestinationRest: Sendable {
    private(set) var failures = 0
    private(set) var until = Date.distantPast
    /// Items of the next batch; nil for as many as the destination takes.
    private(set) var reach: Int?

    func isResting(at now: Date) -> Bool { now < until }

    /// - Returns: whether it was down until now.
    mutating func succeeded() -> Bool {
        defer {
            failures = 0
            until = .distantPast
            reach = reach.map { $0 * 2 }.flatMap { $0 < LeasedTable.claimLimit ? $0 : nil }
        }
        return failures > 0
    }

    mutating func failed(at now: Date, _ backOff: BackOff, wish: Duration?, chance: Double) {
        failures += 1
        reach = 1
        until = now.adding(backOff.delay(after: failures, wish: wish, chance: chance))
    }
}
