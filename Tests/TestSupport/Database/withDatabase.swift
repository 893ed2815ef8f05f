import Foundation
package import Postgres
package import Testing

/// All the tests of this process share one server; only so many databases exist at a time, since each may have two replicas' connections.
private enum SharedServer {
    static let server = SharedWork<String, TestServer>()
    static let building = Turnstile(limit: 1)
    static let databases = Turnstile(limit: 6)
}

/// Runs `body` on a database of its own, copied from a template that has the layout and these migrations; it is dropped afterwards.
///
/// Where there is no PostgreSQL the test is cancelled with a message, and fails in CI (`CI=true`).
/// - Parameter migrations: The schemas to make, with the migrations of each, run by the schema's own role.
package func withDatabase(
    migrations: [(schema: String, [Migration])], sourceLocation: SourceLocation = #_sourceLocation,
    _ body: (TestDatabase) async throws -> Void
) async throws {
    let server = try await sharedServer(sourceLocation)
    await SharedServer.databases.enter()
    let outcome: Result<Void, any Error>
    do {
        outcome = .success(try await run(migrations, on: server, body))
    } catch {
        outcome = .failure(error)
    }
    await SharedServer.databases.leave()
    try outcome.get()
}

private func run(
    _ migrations: [(schema: String, [Migration])], on server: TestServer, _ body: (TestDatabase) async throws -> Void
) async throws {
    var configuration = PostgresConfiguration(dsn: server.superuserDSN("postgres"), schema: "test")
    // Copying a database may wait for a checkpoint; its statements are all different, so preparing them is of no use.
    configuration.api.deadline = .seconds(60)
    configuration.api.wait = .seconds(10)
    configuration.usesPreparedStatements = false
    try await withRunning(configuration) { admin in
        let template = try await SharedServer.building.pass { try await TestTemplates(server: server).template(for: migrations, admin.api) }
        let name = "tocsin_test_" + UUID().uuidString.prefix(13).lowercased().replacing("-", with: "")
        try await admin.api.execute("CREATE DATABASE \(unsafeSQL: name) TEMPLATE \(unsafeSQL: template) STRATEGY file_copy")
        do {
            try await withServices(of: name, on: server, body)
        } catch {
            try await admin.api.execute("DROP DATABASE IF EXISTS \(unsafeSQL: name) WITH (FORCE)")
            throw error
        }
        try await admin.api.execute("DROP DATABASE IF EXISTS \(unsafeSQL: name) WITH (FORCE)")
    }
}

/// Runs what ``TestDatabase/database(schema:metrics:logger:_:)`` makes beside the test, and stops it after.
private func withServices(of name: String, on server: TestServer, _ body: (TestDatabase) async throws -> Void) async throws {
    let (stream, services) = AsyncStream.makeStream(of: PostgresDatabase.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            await withDiscardingTaskGroup { running in
                for await database in stream { running.addTask { try? await database.run() } }
                running.cancelAll()
            }
        }
        defer { group.cancelAll() }
        try await body(TestDatabase(name: name, server: server, services: services))
    }
}

private func sharedServer(_ sourceLocation: SourceLocation) async throws -> TestServer {
    let environment = ProcessInfo.processInfo.environment
    do {
        return try await SharedServer.server.value(for: "") {
            if let url = environment["TOCSIN_TEST_DATABASE_URL"] { return try TestServer(url: url) }
            return try await TestCluster.start()
        }
    } catch {
        if ["true", "1"].contains(environment["CI"]) { throw error }
        try Test.cancel("SKIPPED, no database: \(error)", sourceLocation: sourceLocation)
    }
}
