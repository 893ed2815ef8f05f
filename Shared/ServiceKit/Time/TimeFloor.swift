import Contracts
import Foundation
import Synchronization

/// Keeps a sequence of instants from going backwards, for all threads of a process.
final class TimeFloor: Sendable {
    private let latest = Mutex(Date.distantPast)

    /// The instant in microseconds, or the latest one given out when that is later.
    func raise(to instant: Date) -> Date {
        let instant = instant.truncatedToMicroseconds
        return latest.withLock { latest in
            latest = max(latest, instant)
            return latest
        }
    }
}
