import Logging
import Synchronization

/// Sees every statement: times it, counts its failure, names it in its error, echoes its text when asked to.
final class StatementObserver: Sendable {
    private let metrics: PostgresMetrics
    private let logger: Logger
    private let echoes: Bool
    private let lastAnswer = Mutex<ContinuousClock.Instant?>(nil)

    init(metrics: PostgresMetrics, logger: Logger, echoes: Bool) {
        self.metrics = metrics
        self.logger = logger
        self.echoes = echoes
    }

    /// How long ago the server last answered anything; nil when it never did.
    var sinceLastAnswer: Duration? {
        lastAnswer.withLock { $0 }.map { .now - $0 }
    }

    func observe<Answer: Sendable>(
        _ name: StatementName, _ text: @autoclosure () -> String, _ body: () async throws -> Answer
    ) async throws -> Answer {
        echo(name, text())
        let start = ContinuousClock.now
        do {
            let result = try await body()
            let end = ContinuousClock.now
            metrics.record(name, took: end - start)
            lastAnswer.withLock { $0 = end }
            return result
        } catch var error as PostgresError {
            metrics.record(name, took: .now - start)
            if error.kind != .staleConnection { metrics.record(error) }
            if error.kind == .server { lastAnswer.withLock { $0 = .now } }
            // One that was sent with others has its own name already.
            error.statement = error.statement ?? name
            throw error
        }
    }

    /// Writes a statement's text to the log, never its values, when asked to.
    func echo(_ name: StatementName, _ text: @autoclosure () -> String) {
        if echoes { logger.info("statement", metadata: ["db.operation": "\(name)", "db.statement": "\(text())"]) }
    }

    /// Counts a failure that happened before any statement was sent.
    func count(_ error: PostgresError) {
        metrics.record(error)
    }
}
