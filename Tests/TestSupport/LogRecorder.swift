package import Logging
import ServiceKit
import Synchronization

/// Keeps what is logged, so that a test can look at it, above all for errors nobody expected.
///
/// ```swift
/// let log = LogRecorder()
/// let daemon = try await build(Bootstrap(…, logger: log.logger))
/// #expect(log.errors.isEmpty)
/// ```
package final class LogRecorder: Sendable {
    package struct Entry: Sendable, CustomStringConvertible {
        /// The logger's: in the stories the daemon.
        package let label: String
        package let level: Logger.Level
        package let message: String
        package let metadata: [String: String]

        package var description: String {
            "\(level) \(message) \(metadata.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " "))"
        }
    }

    private let recorded = Mutex<[Entry]>([])

    package init() {}

    package var logger: Logger { logger(label: "test") }

    package func logger(label: String) -> Logger {
        var logger = Logger(label: label) { Handler(recorder: self, label: $0) }
        logger.logLevel = .trace
        return logger
    }

    package var entries: [Entry] { recorded.withLock { $0 } }
    /// Entries at level error or critical.
    package var errors: [Entry] { entries.filter { $0.level >= .error } }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        let label: String
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            var all = metadata.merging(event.metadata ?? [:]) { _, new in new }
            // As the real one does.
            if all["trace.id"] == nil, let trace = TraceContext.current { all["trace.id"] = "\(trace.traceID)" }
            let entry = Entry(
                label: label, level: event.level, message: "\(event.message)", metadata: all.mapValues { "\($0)" })
            recorder.recorded.withLock { $0.append(entry) }
        }
    }
}
