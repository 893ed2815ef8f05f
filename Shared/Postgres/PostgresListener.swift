package import Logging
import ServiceLifecycle

/// Hears NOTIFY on a connection of its own, and says when it may have missed some.
///
/// A notification is a doorbell and nothing more (QUE-6): while the connection is away none is heard, so after every (re)connect, once LISTEN is in force,
/// one ``Signal/scan`` asks for a look at everything.
package final class PostgresListener: Service, Sendable {
    package enum Signal: Sendable, Hashable {
        /// LISTEN has just come into force: whatever was notified before may have been missed.
        case scan
        case notified(channel: String, payload: String)
    }

    /// A silent connection is asked for a sign of life this often, so that a dead peer is found without traffic (DBF-4).
    private static let heartbeat: Duration = .seconds(10)
    private static let deadline: Duration = .seconds(3)

    private let database: PostgresDatabase
    private let channels: [String]
    private let isOwn: @Sendable (Int32) -> Bool
    private let onSignal: @Sendable (Signal) -> Void
    private let logger: Logger

    /// - Parameters:
    ///   - channels: Names of the program's own; each at most 63 bytes.
    ///   - isOwn: Whether a backend, by its process id, is the caller's own, whose notifications are news to others only.
    ///   - onSignal: Called on the listener's task; it must not block.
    package init(
        _ database: PostgresDatabase, channels: [String], logger: Logger, isOwn: @escaping @Sendable (Int32) -> Bool = { _ in false },
        onSignal: @escaping @Sendable (Signal) -> Void
    ) {
        self.database = database
        self.channels = channels
        self.isOwn = isOwn
        self.logger = logger
        self.onSignal = onSignal
    }

    /// Listens until the service is stopped or cancelled; a lost connection is made again after a jittered pause.
    package func run() async throws {
        let backoff = ConnectBackoff()
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await self.listen { if backoff.succeeded() { self.logger.info("listening again") } }
                } catch {
                    if Task.isCancelled { return }
                    if backoff.failed() { self.logger.warning("not listening", metadata: ["error.message": "\(error)"]) }
                    try await Task.sleep(for: backoff.pause())
                }
            }
        }
    }

    private func listen(_ isListening: @Sendable () -> Void) async throws {
        let connection = try await database.connect(role: "listener", deadline: Self.deadline)
        defer { connection.close() }
        try await withTaskCancellationHandler {
            for channel in channels {
                _ = try await connection.runScript("LISTEN \(Self.quoted(channel))", deadline: Self.deadline, isListening: true)
            }
            isListening()
            onSignal(.scan)
            while !Task.isCancelled {
                let notifications = try await connection.notifications(within: Self.heartbeat)
                for one in notifications where !isOwn(one.sender) { onSignal(.notified(channel: one.channel, payload: one.payload)) }
                if notifications.isEmpty, !Task.isCancelled {
                    _ = try await connection.runScript("", deadline: Self.deadline, isListening: true)
                }
            }
        } onCancel: {
            connection.interrupt()
        }
    }

    private static func quoted(_ name: String) -> String {
        "\"" + name.replacing("\"", with: "\"\"") + "\""
    }
}
