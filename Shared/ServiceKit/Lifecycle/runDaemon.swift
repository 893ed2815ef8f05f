package import Contracts
import CoreMetrics
import Foundation
import Hummingbird
import Logging
import PrometheusMetrics
import ServiceLifecycle
import UnixSignals

/// What `main.swift` calls: reads the settings, sets up logs, builds the daemon and serves until SIGTERM or SIGINT, then exits. With the
/// arguments `healthcheck [path]` it asks the running daemon instead (``SelfCheck``).
///
/// Exit codes: 0 after a stop that was asked for; 78 (`EX_CONFIG`) for a wrong setting, whose key is printed and whose value is not;
/// 1 for anything else.
package func runDaemon(_ peer: Peer, build: @Sendable (Bootstrap) async throws -> Daemon) async {
    // A reader of our output or socket that goes away is an error to handle, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
    do {
        let settings = try await Settings.load()
        ProcessSecrecy.begin()
        let logging = try LogSettings(settings, peer)
        let metrics = PrometheusMetricsFactory()
        let output = StandardOutput(metrics)
        LoggingSystem.bootstrap { logging.handler(label: $0, output: output) }
        MetricsSystem.bootstrap(metrics)
        var boot = try Bootstrap(peer: peer, settings: settings, logger: Logger(label: peer.rawValue), metrics: metrics)
        if let check = SelfCheck(CommandLine.arguments, host: boot.host, port: boot.port) {
            exit(check.run() ? EXIT_SUCCESS : EXIT_FAILURE)
        }
        if let files = OpenFilesLimit.raise() { boot.connectionLimits = boot.connectionLimits.leavingFiles(of: files) }
        let daemon = try await build(boot)
        boot.logger.notice("starting", metadata: ["server.address": "\(boot.host)", "server.port": "\(boot.port)"])
        try await Watchdog.run(daemon)
        boot.logger.notice("stopped")
        exit(0)
    } catch let error as ConfigurationError {
        complain("\(peer.rawValue): configuration: \(error)")
        exit(EX_CONFIG)
    } catch {
        complain("\(peer.rawValue): \(error)")
        exit(EXIT_FAILURE)
    }
}

private func complain(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
}

/// Ends the process when a stop takes too long.
private enum Watchdog {
    static func run(_ daemon: Daemon) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await daemon.group(signals: [.sigterm, .sigint]).run()
                } catch  where daemon.state.isStopAsked {
                    daemon.application.logger.warning("stopped with work cut off", metadata: ["error.type": "\(type(of: error))"])
                }
            }
            group.addTask {
                await daemon.state.wait(for: .serving)
                async let _ = StartPages.releaseTwice()
                await daemon.state.wait(for: .draining)
                do {
                    try await Task.sleep(for: StopLimits.total - .milliseconds(500))
                } catch {
                    return
                }
                daemon.application.logger.error("stopped by force")
                exit(daemon.state.isStopAsked ? EXIT_SUCCESS : EXIT_FAILURE)
            }
            try await group.next()
            group.cancelAll()
        }
    }
}
