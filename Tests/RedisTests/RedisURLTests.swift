import Redis
import ServiceKit
import Testing

@Suite struct RedisURLTests {
    @Test(arguments: [
        ("redis://cache", "cache", 6379, 0), ("redis://cache/", "cache", 6379, 0), ("redis://cache:6380", "cache", 6380, 0),
        ("redis://cache:6380/7", "cache", 6380, 7), ("redis://:p%40ss%2Fword@10.0.0.1/1", "10.0.0.1", 6379, 1),
        ("redis://tocsin:word@cache/2", "cache", 6379, 2), ("REDIS://cache", "cache", 6379, 0), ("redis://[::1]:6380/3", "::1", 6380, 3),
    ])
    func urlSaysWhereItIs(url: String, host: String, port: Int, database: Int) throws {
        let configuration = try RedisConfiguration(url: url)
        #expect(configuration.host == host)
        #expect(configuration.port == port)
        #expect(configuration.database == database)
    }

    @Test(arguments: [
        ("rediss://cache", RedisURLFault.encrypted), ("http://cache", .scheme), ("cache:6379", .scheme), ("", .malformed),
        ("redis://", .host), ("redis://:word@/0", .host), ("redis://cache:0", .port), ("redis://cache:70000", .port),
        ("redis://tocsin@cache", .lonelyUser), ("redis://cache/x", .database), ("redis://cache/-1", .database),
        ("redis://cache/4096", .database), ("redis://cache/1/2", .database), ("redis://cache//1", .database),
        ("redis://cache/0?timeout=1", .extras), ("redis://cache/0#x", .extras),
    ])
    func urlThatCannotBeIsRefusedWithItsFault(url: String, fault: RedisURLFault) {
        #expect(throws: fault) { try RedisConfiguration(url: url) }
    }

    @Test func noDescriptionHasThePassword() throws {
        let configuration = try RedisConfiguration(url: "redis://tocsin:quite-secret@cache/1")
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains("quite-secret") && text.contains("cache"))
        }
    }

    @Test func settingsWithoutRedisMeanNone() throws {
        #expect(try RedisConfiguration.read(Settings([:])) == nil)
        #expect(try RedisConfiguration.read(Settings(["REDIS_URL": ""])) == nil)
    }

    @Test func partsServeInsteadOfTheURL() throws {
        let settings = Settings(["REDIS_HOST": "cache", "REDIS_PORT": "6380", "REDIS_DB": "3", "REDIS_PASSWORD": "word"])
        #expect(try RedisConfiguration.read(settings) == RedisConfiguration(url: "redis://:word@cache:6380/3"))
    }

    @Test(arguments: [
        (["REDIS_URL": "rediss://:quite-secret@cache"], "REDIS_URL"), (["REDIS_HOST": "cache", "REDIS_PORT": "x"], "REDIS_PORT"),
        (["REDIS_HOST": "cache", "REDIS_DB": "-1"], "REDIS_DB"), (["REDIS_URL_FILE": "/nonexistent/quite-secret"], "REDIS_URL_FILE"),
        (["REDIS_HOST": "cache", "REDIS_PASSWORD_FILE": "/nonexistent/quite-secret"], "REDIS_PASSWORD_FILE"),
    ])
    func faultNamesTheKeyAndNotTheValue(values: [String: String], key: String) {
        let error = #expect(throws: ConfigurationError.self) { try RedisConfiguration.read(Settings(values)) }
        #expect(error?.key == key)
        #expect(error.map { !"\($0)".contains("quite-secret") } == true)
    }
}

@Suite struct ReconnectPauseTests {
    @Test func pauseDoublesUpToFiveSeconds() {
        let longest = (1...8).map { ReconnectPause.pause(after: $0, chance: 1) }
        #expect(
            longest.prefix(6) == [
                .milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800), .milliseconds(1600), .milliseconds(3200),
            ])
        #expect(longest.suffix(2) == [.seconds(5), .seconds(5)])
        #expect(ReconnectPause.pause(after: .max, chance: 1) == .seconds(5))
    }

    @Test func chanceSpreadsReplicasOverHalfOfIt() {
        #expect(ReconnectPause.pause(after: 1, chance: 0) == .milliseconds(50))
        #expect(ReconnectPause.pause(after: 9, chance: 0) == .milliseconds(2500))
    }
}
