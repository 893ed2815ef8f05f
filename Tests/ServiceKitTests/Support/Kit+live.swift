import Foundation
import Hummingbird
import Logging
import ServiceKit
import ServiceLifecycle

extension Daemon {
    /// Runs the whole daemon on a port of its own while `body` talks to it, then stops it gracefully.
    func whileServing<Value: Sendable>(_ body: @escaping @Sendable (Int) async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            let services = ServiceGroup(services: [Whole(daemon: self)], logger: application.logger)
            group.addTask {
                try await services.run()
                return nil
            }
            let port = await port()
            do {
                guard let port else { throw CancellationError() }
                let value = try await body(port)
                await services.triggerGracefulShutdown()
                try await group.waitForAll()
                return value
            } catch {
                group.cancelAll()
                throw error
            }
        }
    }

    private struct Whole: Service {
        let daemon: Daemon
        func run() async throws { try await daemon.run() }
    }
}
