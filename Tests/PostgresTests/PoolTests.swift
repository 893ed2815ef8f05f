import Foundation
import HTTPTypes
import Postgres
import ServiceKit
import Synchronization
import TestSupport
import Testing

@Suite struct PoolTests {
    private static let waiting = #"tocsin_postgres_pool_waiting{lane="workers"}"#

    @Test func waiterIsTurnedAwayInTime() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database { $0.workers.wait = .milliseconds(30) }.workers
            try await eventually("connected") { (try? await db.execute("SELECT 1")) != nil }
            try await db.transaction { _ in
                let error = try await failure { try await db.execute("SELECT 1") }
                #expect(error.kind == .poolTimeout)
                #expect(error.statement?.description == "PoolTests.waiterIsTurnedAwayInTime")
                #expect(error.problem.status.code == 503)
                #expect(error.problem.headers[.retryAfter] == "1")
            }
            #expect(try await db.value(Int.self, "SELECT 1") == 1)
            let refusals = await fixture.metric(#"tocsin_postgres_errors_total{class="pool_timeout"}"#)
            #expect((refusals ?? 0) >= 1)
        }
    }

    @Test func otherLaneIsNotHeldUp() async throws {
        try await Fixture.run { fixture in
            let database = fixture.database()
            try await database.workers.transaction { _ in
                try await database.ingest.execute("SELECT 1")
                try await database.api.execute("SELECT 1")
            }
        }
    }

    @Test func waitersAreServedInTheOrderOfTheirComing() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database().workers
            let order = Order()
            let held = Gate()
            let release = Gate()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await db.transaction { _ in
                        held.open()
                        await release.wait()
                    }
                }
                await held.wait()
                for index in 1...5 {
                    group.addTask { try await db.transaction { _ in order.add(index) } }
                    try await eventually("waiter \(index) queued") { await fixture.metric(Self.waiting) == Double(index) }
                }
                release.open()
                try await group.waitForAll()
            }
            #expect(order.numbers == [1, 2, 3, 4, 5])
        }
    }

    @Test func cancelledWaiterLeavesTheQueue() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database().workers
            try await db.transaction { _ in
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await #expect(throws: CancellationError.self) { try await db.execute("SELECT 1") } }
                    try? await eventually("queued") { await fixture.metric(Self.waiting) == 1 }
                    group.cancelAll()
                }
                #expect(await fixture.metric(Self.waiting) == 0)
            }
            #expect(try await db.value(Int.self, "SELECT 1") == 1)
        }
    }

    @Test func manyCallersShareFewConnections() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database { $0.workers.limit = 3 }.workers
            let pids = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<200 { group.addTask { Int(try await db.value(Int32.self, "SELECT pg_backend_pid()")) } }
                return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
            }
            #expect((1...3).contains(pids.count))
        }
    }

    @Test func oldConnectionIsReplaced() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database { $0.connectionLifetime = .zero }.workers
            let first = try await db.value(Int32.self, "SELECT pg_backend_pid()")
            #expect(try await db.value(Int32.self, "SELECT pg_backend_pid()") != first)
        }
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/task"))) func closedConnectionsLeaveNoThreadBehind() async throws
    {
        try await withDatabase(migrations: [("leak", [])]) { server in
            let db = server.database(schema: "leak") { $0.connectionLifetime = .zero }.workers
            for _ in 0..<50 { try await db.execute("SELECT 1") }
            try await eventually("threads ended") { try Self.threads(named: "pg-leak-workers") <= 1 }
        }
    }

    private static func threads(named name: String) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count { task in
            (try? String(contentsOfFile: "/proc/self/task/\(task)/comm", encoding: .utf8)) == name + "\n"
        }
    }

    @Test func missingDatabaseIsUnreachableAndFoundWhenItIsThere() async throws {
        try await Fixture.run { fixture in
            let configuration = PostgresConfiguration(dsn: "postgresql://nobody@127.0.0.1:1/none", schema: "store")
            let database = fixture.server.run(PostgresDatabase(configuration, metrics: fixture.metrics, logger: fixture.log.logger))
            let error = try await failure { try await database.api.execute("SELECT 1") }
            #expect(error.kind == .unreachable)
            #expect(error.isTransient)
            #expect(fixture.log.errors.isEmpty)
            #expect(fixture.log.entries.contains { $0.message == "database unreachable" })
        }
    }

    /// SQLSTATE 53300, here by the database's own limit so that no other test meets it.
    @Test func serverWithoutRoomForAConnectionIsA503UntilItHasRoom() async throws {
        try await Fixture.run { fixture in
            let administrator = fixture.server.administrator().api
            try await administrator.execute("ALTER DATABASE \(unsafeSQL: fixture.server.name) CONNECTION LIMIT 0")
            let db = fixture.database { $0.workers.wait = .seconds(1) }.workers
            let error = try await failure { try await db.execute("SELECT 1") }
            #expect("\(error)".contains("too many connections"))
            #expect(error.problem.status.code == 503)
            #expect(error.problem.headers[.retryAfter] == "1")
            try await administrator.execute("ALTER DATABASE \(unsafeSQL: fixture.server.name) CONNECTION LIMIT -1")
            try await eventually("connected") { (try? await db.execute("SELECT 1")) != nil }
        }
    }

    @Test func nextHostIsTriedWhenOneIsDead() async throws {
        try await Fixture.run { fixture in
            let url = try #require(URLComponents(string: fixture.server.tcpURL(schema: "store")))
            let port = try #require(url.port)
            let dsn =
                "postgresql://\(url.user ?? ""):\(url.password ?? "")@127.0.0.1:1,127.0.0.1:\(port)\(url.path)?target_session_attrs=read-write"
            let database = fixture.server.run(
                PostgresDatabase(PostgresConfiguration(dsn: dsn, schema: "store"), metrics: fixture.metrics, logger: fixture.log.logger))
            #expect(try await database.api.value(Int.self, "SELECT 1") == 1)
        }
    }

    @Test func readOnlyServerIsNoDestination() async throws {
        try await Fixture.run { fixture in
            let administrator = fixture.server.administrator().api
            try await administrator.execute(
                "ALTER ROLE tocsin_store IN DATABASE \(unsafeSQL: fixture.server.name) SET default_transaction_read_only = on")
            let database = fixture.database { $0.api.wait = .milliseconds(500) }
            let error = try await failure { try await database.api.execute("SELECT 1") }
            #expect(error.kind == .unreachable)
        }
    }

    @Test func closedPoolRefuses() async throws {
        try await Fixture.run { fixture in
            let configuration = PostgresConfiguration(dsn: fixture.server.url(schema: "store"), schema: "store")
            let database = PostgresDatabase(configuration, metrics: fixture.metrics, logger: fixture.log.logger)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await database.run() }
                #expect((try? await database.api.value(Int.self, "SELECT 1")) == 1)
                group.cancelAll()
            }
            let error = try await failure { try await database.api.execute("SELECT 1") }
            #expect(error.kind == .closed)
        }
    }
}

/// Numbers in the order in which tasks added them.
private final class Order: Sendable {
    private let added = Mutex<[Int]>([])

    func add(_ number: Int) { added.withLock { $0.append(number) } }

    var numbers: [Int] { added.withLock { $0 } }
}
