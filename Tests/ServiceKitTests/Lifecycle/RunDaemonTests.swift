import Auth
import Contracts
import Foundation
import PrometheusMetrics
import ServiceKit
import Testing

/// Whole processes: what the exit code and standard error say.
@Suite(.serialized) struct RunDaemonTests {
    @Test func missingSecretExits78() async {
        await #expect(processExitsWith: .exitCode(78)) {
            await runDaemon(.webUI) { boot in
                _ = try boot.settings.secret("TOCSIN_NO_SUCH_SECRET")
                return try boot.daemon(routes: Routes(), authenticator: NobodyKnown(), health: [], clock: SystemClock())
            }
        }
    }

    @Test func configurationErrorNamesTheKeyAndNotTheValue() async throws {
        let result = await #expect(processExitsWith: .exitCode(78), observing: [\.standardErrorContent]) {
            setenv("PORT", "canary-93", 1)
            await runDaemon(.webUI) { try $0.daemon(routes: Routes(), authenticator: NobodyKnown(), health: [], clock: SystemClock()) }
        }
        let said = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(said.contains("PORT"))
        #expect(!said.contains("canary"))
    }

    @Test func otherFailureExits1() async {
        await #expect(processExitsWith: .exitCode(1)) {
            await runDaemon(.webUI) { _ in throw CancellationError() }
        }
    }

    @Test func termExits0() async throws {
        let result = await #expect(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
            setenv("PORT", "0", 1)
            await runDaemon(.webUI) { boot in
                try boot.daemon(
                    routes: Routes(), authenticator: NobodyKnown(), health: [], services: [],
                    workers: [boot.loop(Terminator(), every: .seconds(1), clock: SystemClock())],
                    clock: SystemClock()
                )
            }
        }
        let lines = String(decoding: try #require(result).standardOutputContent, as: UTF8.self).split(separator: "\n")
        #expect(lines.contains { $0.contains("\"message\":\"stopped\"") && $0.hasPrefix("{") })
    }

    @Test func secretsLeaveTheEnvironmentOfTheProcess() async {
        await #expect(processExitsWith: .exitCode(0)) {
            setenv("PORT", "0", 1)
            setenv("INTERNAL_SECRET", "canary-uJ3rKc0mQ9xWv7ZtB1nLd5eHs8aPfYgT4iRo6bXk", 1)
            setenv("DATABASE_URL", "postgres://a:canary@b/c", 1)
            await runDaemon(.webUI) { boot in
                guard try boot.settings.secret("INTERNAL_SECRET").reveal().hasPrefix("canary"),
                    ProcessInfo.processInfo.environment["INTERNAL_SECRET"] == "",
                    ProcessInfo.processInfo.environment["DATABASE_URL"] == "", boot.settings.optionalString("DATABASE_URL") != nil
                else { exit(3) }
                exit(0)
            }
        }
    }

    @Test func softLimitOfOpenFilesIsRaised() async {
        await #expect(processExitsWith: .exitCode(0)) {
            setenv("PORT", "0", 1)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
            var limit = rlimit()
            getrlimit(resource, &limit)
            limit.rlim_cur = 256
            guard setrlimit(resource, &limit) == 0 else { exit(4) }
            let raised = min(limit.rlim_max, OpenFilesLimit.most)
            await runDaemon(.webUI) { boot in
                guard await boot.metrics.exposition(.text).contains("\nprocess_max_fds \(raised)\n"),
                    boot.connectionLimits.connections == OpenFilesLimit.connections(1_000, soft: raised)
                else { exit(3) }
                exit(0)
            }
        }
    }

    @Test func stuckWorkerDoesNotHoldTheStopForever() async {
        await #expect(processExitsWith: .exitCode(0)) {
            setenv("PORT", "0", 1)
            await runDaemon(.webUI) { boot in
                try boot.daemon(
                    routes: Routes(), authenticator: NobodyKnown(), health: [],
                    workers: [boot.loop(Terminator(hangs: true), every: .seconds(1), clock: SystemClock())], clock: SystemClock()
                )
            }
        }
    }

    /// Sends the process SIGTERM from its first tick, which is when the daemon serves.
    struct Terminator: Worker {
        let name = "terminator"
        var hangs = false
        func tick(now: Date) async throws -> TickReport {
            kill(getpid(), SIGTERM)
            if hangs { await withCheckedContinuation { (_: CheckedContinuation<Void, Never>) in } }
            return .idle
        }
    }

    struct NobodyKnown: Authenticator {
        func principal(for credential: Credential) async throws -> Principal? { nil }
    }
}
