import Foundation
import Logging
import Postgres
import PrometheusMetrics
import Synchronization
import TestSupport
import Testing

/// A database with schema `store` and two rows to quarrel over.
struct Fixture: Sendable {
    static let migration = Migration(
        version: 1, name: "create_item",
        sql: """
            CREATE TABLE store.item (
                id bigint PRIMARY KEY,
                name text NOT NULL CONSTRAINT item_name_key UNIQUE,
                count bigint NOT NULL DEFAULT 0 CONSTRAINT item_count_check CHECK (count >= 0)
            );
            INSERT INTO store.item (id, name) VALUES (1, 'one'), (2, 'two');
            """
    )

    let server: TestDatabase
    let metrics = PrometheusMetricsFactory()
    let log = LogRecorder()

    static func run(_ body: (Fixture) async throws -> Void) async throws {
        try await withDatabase(migrations: [("store", [migration])]) { try await body(Fixture(server: $0)) }
    }

    /// A pool whose workers' lane has exactly one connection, unless told otherwise.
    func database(_ adjust: (inout PostgresConfiguration) -> Void = { _ in }) -> PostgresDatabase {
        server.database(schema: "store", metrics: metrics, logger: log.logger) { configuration in
            configuration.workers.limit = 1
            configuration.workers.wait = .seconds(10)
            adjust(&configuration)
        }
    }

    /// The value of a sample in the exposition, nil when it is not there.
    func metric(_ sample: String) async -> Double? {
        let text = await metrics.exposition(.text)
        return text.split(separator: "\n").first { $0.hasPrefix(sample + " ") }.flatMap { Double($0.dropFirst(sample.count + 1)) }
    }
}

/// Asks again and again, without sleeping, until it is so; a minute at most.
func eventually(_ what: Comment, _ isSo: () async throws -> Bool, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while try await !isSo() {
        guard ContinuousClock.now < end else {
            Issue.record(what, sourceLocation: sourceLocation)
            return
        }
        await Task.yield()
    }
}

/// Opens once; whoever waits before goes on then, whoever comes later does not wait.
final class Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    }

    func open() { continuation.finish() }

    func wait() async {
        for await _ in stream {}
    }
}

/// A number that several tasks count.
final class Count: Sendable {
    private let number = Mutex(0)

    @discardableResult
    func increment() -> Int {
        number.withLock { number in
            number += 1
            return number
        }
    }

    var value: Int { number.withLock { $0 } }
}

/// Runs `body` and returns the database error it must end with.
func failure(
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async throws -> PostgresError {
    try #require(
        await #expect(throws: PostgresError.self, sourceLocation: sourceLocation) { try await body() }, sourceLocation: sourceLocation)
}
