package import Foundation

/// Where a daemon's idea of the present comes from: microseconds, as PostgreSQL keeps them, and never backwards.
package protocol Clock: Sendable {
    var now: Date { get }
}

/// The host's own time, for a daemon without a database. A step of the host's clock backwards holds it still until time has caught up.
package struct SystemClock: Clock {
    private let floor = TimeFloor()

    package init() {}

    package var now: Date { floor.raise(to: Date()) }
}
