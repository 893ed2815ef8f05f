import Contracts
import Foundation

extension Bootstrap {
    /// Names this process in the rows it holds: daemon, host and process id.
    package var workerName: String {
        "\(peer.rawValue)@\(ProcessInfo.processInfo.hostName):\(ProcessInfo.processInfo.processIdentifier)"
    }

    /// A loop for a worker with this daemon's metrics and log; without a bell it only polls.
    package func loop(_ worker: any Worker, bell: Doorbell = Doorbell(), every: Duration, clock: any Clock) -> WorkerLoop {
        WorkerLoop(worker, bell: bell, every: every, clock: clock, metrics: metrics, logger: logger)
    }
}
