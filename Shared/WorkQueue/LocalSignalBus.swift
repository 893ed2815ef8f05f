package import ServiceKit
import Synchronization

/// A bus for one process: tests, and daemons without a database.
package final class LocalSignalBus: SignalBus {
    private let bells = BellSet()

    package init() {}

    package func bell(_ channel: String) -> Doorbell { bells[channel] }

    package func ring(_ channel: String) { bells.ring(channel) }
}
