package import Logging
package import ServiceKit
import ServiceLifecycle

/// The bus of a daemon's replicas, over whatever carries its rings.
///
/// A ring wakes this process at once and the others an interval of ``NotifyDebounce`` later, unless the worker here has done all by then: they are
/// needed only where this one cannot keep up. One that cannot be sent is dropped: the poll and the scan after a reconnect find the work. One
/// that comes back to its sender costs a tick too many.
///
/// Make the bells before the service runs, as the composition root does: it listens to the channels that have one by then.
package final class SharedSignalBus<Transport: SignalTransport>: SignalBus, Service {
    private let transport: Transport
    private let logger: Logger
    private let bells = BellSet()
    private let sender = RingSender()

    package init(_ transport: Transport, logger: Logger) {
        self.transport = transport
        self.logger = logger
    }

    package func bell(_ channel: String) -> Doorbell { bells[channel] }

    package func ring(_ channel: String) {
        bells.ring(channel)
        sender.ring(channel)
    }

    package func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.listen() }
            group.addTask { await cancelWhenGracefulShutdown { await self.sender.run { await self.send($0) } } }
            try await group.waitForAll()
        }
    }

    private func listen() async throws {
        try await transport.listen(to: bells.channels) { [bells] signal in
            switch signal {
            case .scan: bells.ringAll()
            case .rung(let channel): bells.ring(channel)
            }
        }
    }

    private func send(_ rung: Set<String>) async {
        let channels = rung.filter { !bells.isAwaited($0) }
        guard !channels.isEmpty else { return }
        do {
            try await transport.send(channels)
        } catch {
            logger.debug("doorbell not heard elsewhere", metadata: ["error.message": "\(error)"])
        }
    }
}
