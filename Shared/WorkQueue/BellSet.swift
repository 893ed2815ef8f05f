import ServiceKit
import Synchronization

/// The bells of a process by channel.
final class BellSet: Sendable {
    private let bells = Mutex<[String: Doorbell]>([:])

    subscript(channel: String) -> Doorbell {
        bells.withLock { bells in
            if let bell = bells[channel] { return bell }
            let bell = Doorbell()
            bells[channel] = bell
            return bell
        }
    }

    var channels: [String] { bells.withLock { $0.keys.sorted() } }

    /// Rings the bell of a channel, if somebody here has one.
    func ring(_ channel: String) {
        bells.withLock { $0[channel] }?.ring()
    }

    /// Whether its worker here has done all there was to do and waits for the next ring.
    func isAwaited(_ channel: String) -> Bool {
        bells.withLock { $0[channel] }?.isAwaited ?? false
    }

    func ringAll() {
        for bell in bells.withLock({ Array($0.values) }) { bell.ring() }
    }
}
