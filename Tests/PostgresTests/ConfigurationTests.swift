import Foundation
import Postgres
import ServiceKit
import TestSupport
import Testing

@Suite struct ConfigurationTests {
    private func configuration(_ values: [String: String]) throws -> PostgresConfiguration {
        try PostgresConfiguration(settings: Settings(values), schema: "store")
    }

    @Test func defaultsUseEightConnectionsAtMost() throws {
        let configuration = try configuration([:])
        let lanes = configuration.ingest.limit + configuration.api.limit + configuration.workers.limit
        #expect(lanes + 2 == 8)
        #expect(configuration.requiresDurability)
        #expect(!configuration.echoesStatements)
        #expect(configuration.api.wait == .milliseconds(500))
        #expect(configuration.api.deadline == .seconds(3))
    }

    @Test func printingItShowsNoPassword() throws {
        for values in [["DATABASE_URL": "postgresql://a:hunter2@b/c"], ["POSTGRES_PASSWORD": "hunter2"]] {
            let configuration = try configuration(values)
            #expect(!"\(configuration)".contains("hunter2"))
            #expect(!String(reflecting: [configuration]).contains("hunter2"))
        }
    }

    /// What the client does about a peer that is gone without a word (DBF-4); all of it stands before the connection string, which may override it.
    @Test func deadServersAreNoticedWithinElevenSecondsUnlessTheConnectionStringSaysOtherwise() throws {
        let dsn = "postgresql://tocsin@db/tocsin?connect_timeout=9"
        let entries = ConnectionParameters(PostgresConfiguration(dsn: dsn, schema: "store"), role: "api", deadline: .seconds(3)).entries
        let place = try #require(entries.firstIndex { $0.keyword == "dbname" && $0.value == dsn })
        let expected = [
            "connect_timeout": "2", "tcp_user_timeout": "5000", "keepalives": "1", "keepalives_idle": "5", "keepalives_interval": "2",
            "keepalives_count": "2", "target_session_attrs": "read-write",
        ]
        for (keyword, value) in expected {
            #expect(entries[..<place].filter { $0.keyword == keyword }.map(\.value) == [value], "\(keyword)")
            #expect(!entries[place...].contains { $0.keyword == keyword }, "\(keyword)")
        }
    }

    @Test func poolSizeIsShared() throws {
        let configuration = try configuration(["DB_POOL_SIZE": "11", "DB_MAX_OVERFLOW": "2"])
        #expect(configuration.ingest.limit == 3)
        #expect(configuration.workers.limit == 3)
        #expect(configuration.api.limit == 7)
    }

    @Test(arguments: [
        ["DATABASE_URL": "postgresql://a@b:notaport,/x?nonsense=1"], ["DB_POOL_SIZE": "2"], ["DB_POOL_SIZE": "many"],
        ["DB_ECHO": "perhaps"],
        ["REQUIRE_DURABLE_DATABASE": "x"], ["DATABASE_URL_FILE": "/nonexistent/secret"], ["POSTGRES_PASSWORD_FILE": "/nonexistent/secret"],
    ])
    func wrongValueNamesItsKeyAndNotItself(values: [String: String]) throws {
        let error = try #require(throws: ConfigurationError.self) { _ = try configuration(values) }
        let (key, value) = try #require(values.first)
        #expect(error.key == key)
        #expect(!error.problem.contains(value) || value == "2" || value == "x")
    }

    @Test func singleKeysReachTheSameDatabase() async throws {
        try await Fixture.run { fixture in
            let url = try #require(URLComponents(string: fixture.server.tcpURL(schema: "store")))
            let settings = Settings([
                "POSTGRES_HOST": url.host ?? "", "POSTGRES_PORT": "\(url.port ?? 0)", "POSTGRES_DB": String(url.path.dropFirst()),
                "POSTGRES_USER": url.user ?? "", "POSTGRES_PASSWORD": url.password ?? "",
            ])
            let configuration = try PostgresConfiguration(settings: settings, schema: "store")
            let database = fixture.server.run(PostgresDatabase(configuration, metrics: fixture.metrics, logger: fixture.log.logger))
            #expect(try await database.api.value(Int.self, "SELECT count(*) FROM store.item") == 2)
        }
    }

    @Test func urlReachesTheDatabaseOfTheTest() async throws {
        try await Fixture.run { fixture in
            let settings = Settings([
                "DATABASE_URL": fixture.server.url(schema: "store"), "DB_PREPARED_STATEMENTS": "false", "DB_ECHO": "true",
            ])
            let configuration = try PostgresConfiguration(settings: settings, schema: "store")
            let database = fixture.server.run(PostgresDatabase(configuration, metrics: fixture.metrics, logger: fixture.log.logger))
            #expect(try await database.api.value(String.self, "SELECT current_user::text") == "tocsin_store")
            #expect(fixture.log.entries.contains { $0.message == "statement" })
        }
    }
}
