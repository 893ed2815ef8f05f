import Foundation
import Synchronization

/// A clock the test turns.
final class ManualTime: Sendable {
    private let state: Mutex<Date>

    init(_ now: Date) { state = Mutex(now) }

    var now: Date { state.withLock { $0 } }

    func advance(by seconds: TimeInterval) { state.withLock { $0 += seconds } }
}
