import Contracts
import Foundation
import TestSupport

/// A real Prometheus with one rule and a real Alertmanager that posts to AlertIngestion, both on loopback.
struct MonitoringStack: Sendable {
    private let folder: String
    private let prometheus: Int
    /// A port on which nothing answers until ``calm()``.
    private let target: Int

    static func run(beside suite: ProcessSuite, _ body: (MonitoringStack) async throws -> Void) async throws {
        let ports = try FreePort.take(3)
        let stack = MonitoringStack(folder: suite.folder + "/monitoring", prometheus: ports[0], target: ports[2])
        try stack.write(suite, alertmanager: ports[1])
        try await Shell.require(Self.start, [stack.folder, "\(ports[0])", "\(ports[1])", "\(getpid())"])
        do {
            try await body(stack)
        } catch {
            await stack.stop()
            throw error
        }
        await stack.stop()
    }

    /// Starts the target whose absence fires the rule, so that the rule stops firing without being edited: Prometheus forgets the alerts of
    /// an edited rule instead of resolving them.
    func calm() async throws {
        try await Shell.require(Self.startTarget, [folder, "\(target)", "\(getpid())"])
    }

    /// How many of the daemons' `/metrics` the last scrapes took in.
    func scraped() async throws -> Int {
        let url = "http://127.0.0.1:\(prometheus)/api/v1/query?query=sum(up%7Bjob%3D%22tocsin%22%7D)"
        let answer = try await HTTPCall.send("GET", url).json
        return answer["data"]?["result"]?.array?.first?["value"]?.array?.last?.string.flatMap(Int.init) ?? 0
    }

    private func stop() async {
        _ = try? await Shell.run(#"for p in "$1"/*.pid; do kill "$(cat "$p")" 2>/dev/null; done; true"#, [folder])
    }

    private func write(_ suite: ProcessSuite, alertmanager: Int) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let targets = try Peer.allCases.map { "'127.0.0.1:\(try suite.daemon($0).port)'" }.joined(separator: ", ")
        try save(
            "prometheus.yml",
            """
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: ['\(folder)/rules.yml']
            alerting:
              alertmanagers: [{static_configs: [{targets: ['127.0.0.1:\(alertmanager)']}]}]
            scrape_configs:
              - job_name: checkout
                static_configs: [{targets: ['127.0.0.1:\(target)']}]
              - job_name: tocsin
                static_configs: [{targets: [\(targets)]}]
            """
        )
        try save(
            "rules.yml",
            """
            groups:
              - name: story
                rules:
                  - alert: HighErrorRate
                    expr: up{job="checkout"} == 0
                    labels: {severity: critical, service: checkout, team: payments}
                    annotations: {summary: 'Error rate above 5%', runbook_url: 'https://runbooks.example/high-error-rate'}
            """
        )
        try save(
            "alertmanager.yml",
            """
            route: {receiver: tocsin, group_by: [alertname, service], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}
            receivers:
              - name: tocsin
                webhook_configs:
                  - url: '\(try suite.daemon(.alertIngestion).url)/api/v1/alerts'
                    send_resolved: true
                    http_config: {authorization: {type: Bearer, credentials: '\(suite.ingestKey)'}}
            """
        )
    }

    private func save(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: folder + "/" + name))
    }

    private static let start = """
        set -eu
        cd "$1"
        (detached prometheus-alertmanager --config.file=alertmanager.yml --storage.path="$1/am" --web.listen-address="127.0.0.1:$3" --cluster.listen-address= \\
            >am.log 2>&1 </dev/null) & echo $! > am.pid
        (detached prometheus --config.file=prometheus.yml --storage.tsdb.path="$1/tsdb" --web.listen-address="127.0.0.1:$2" \\
            --rules.alert.resend-delay=1s >prometheus.log 2>&1 </dev/null) & echo $! > prometheus.pid
        am=$(cat am.pid) prom=$(cat prometheus.pid)
        (detached setsid sh -c 'while kill -0 "$1" 2>/dev/null; do sleep 0.5; done; kill -9 "$2" "$3" 2>/dev/null' watchdog "$4" "$am" "$prom" \\
            >/dev/null 2>&1 </dev/null) &
        """

    private static let startTarget = """
        set -eu
        cd "$1"
        mkdir -p target && : > target/metrics
        (cd target && detached python3 -m http.server --bind 127.0.0.1 "$2") >target.log 2>&1 </dev/null & echo $! > target.pid
        child=$(cat target.pid)
        (detached setsid sh -c 'while kill -0 "$1" 2>/dev/null; do sleep 0.5; done; kill -9 "$2" 2>/dev/null' watchdog "$3" "$child" \\
            >/dev/null 2>&1 </dev/null) &
        """
}
