import Foundation
package import Testing

/// A real redis-server on loopback, with a password, as compose starts it.
package struct RedisServer: Sendable {
    package let port: Int
    package let password: String
    private let folder: String
    private let process: BackgroundProcess

    package var url: String { "redis://:\(password)@127.0.0.1:\(port)/0" }

    package static func start() async throws -> RedisServer {
        let folder = try await Shell.require("mktemp -d /tmp/tocsin-redis.XXXXXX").trimmingCharacters(in: .whitespacesAndNewlines)
        let server = RedisServer(
            port: try FreePort.take(1)[0], password: UUID().uuidString, folder: folder, process: BackgroundProcess(log: "\(folder)/log"))
        try await Shell.require(
            #"printf 'bind 127.0.0.1\nport %s\nrequirepass %s\nsave ""\nappendonly no\ndir %s\n' "$1" "$2" "$3" >"$3/redis.conf""#,
            ["\(server.port)", server.password, folder])
        try await server.restart()
        return server
    }

    /// Starts it (again), empty, and waits until it answers.
    package func restart() async throws {
        try await process.start(["redis-server", "\(folder)/redis.conf"])
        try await Shell.require(
            #"for _ in $(seq 1 100); do [ "$(REDISCLI_AUTH=$2 redis-cli -p "$1" ping 2>/dev/null)" = PONG ] && exit 0; sleep 0.1; done; cat "$3/log"; exit 1"#,
            ["\(port)", password, folder])
    }

    package func kill() { process.signal(SIGKILL) }

    /// It takes connections and never answers.
    package func freeze() { process.signal(SIGSTOP) }

    package func thaw() { process.signal(SIGCONT) }

    /// What redis-cli answers.
    @discardableResult
    package func command(_ words: String...) async throws -> String {
        try await Shell.require(#"REDISCLI_AUTH=$2 redis-cli -p "$1" "${@:3}""#, ["\(port)", password] + words)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    package func stop() async {
        kill()
        _ = try? await Shell.run(#"rm -rf "$1""#, [folder])
    }
}

/// Runs `body` with a Redis of its own. Where there is none the test is cancelled with a message, and fails in CI (`CI=true`).
package func withRedis<Answer: Sendable>(
    sourceLocation: SourceLocation = #_sourceLocation, _ body: (RedisServer) async throws -> Answer
) async throws -> Answer {
    if try await Shell.run("command -v redis-server && command -v redis-cli").status != 0 {
        let isCI = ["true", "1"].contains(ProcessInfo.processInfo.environment["CI"])
        if isCI { throw ToolFailure("no redis-server: apt-get install redis-server") }
        try Test.cancel("SKIPPED, no redis-server", sourceLocation: sourceLocation)
    }
    let server = try await RedisServer.start()
    do {
        let answer = try await body(server)
        await server.stop()
        return answer
    } catch {
        await server.stop()
        throw error
    }
}

/// Looks every hundredth of a second until something has come about.
///
/// - Throws: ``ToolFailure`` after `limit`.
package func eventually(_ what: String, within limit: Duration = .seconds(20), _ isSo: () async throws -> Bool) async throws {
    let clock = ContinuousClock()
    let end = clock.now + limit
    while clock.now < end {
        if try await isSo() { return }
        try await clock.sleep(for: .milliseconds(10))
    }
    throw ToolFailure("not within \(limit): \(what)")
}
