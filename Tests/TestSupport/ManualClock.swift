package import Foundation
import ServiceKit
import Synchronization

/// A clock that stands still until a test moves it.
package final class ManualClock: Clock {
    /// A Monday morning in March, far from any change of daylight saving time.
    package static let start = Date(timeIntervalSince1970: 1_772_443_800)

    private let instant: Mutex<Date>

    package init(_ now: Date = ManualClock.start) {
        instant = Mutex(now)
    }

    package var now: Date { instant.withLock { $0 } }

    package func advance(by duration: Duration) {
        let (seconds, attoseconds) = duration.components
        instant.withLock { $0 += Double(seconds) + Double(attoseconds) / 1e18 }
    }

    package func set(_ now: Date) {
        instant.withLock { $0 = now }
    }
}
