import CoreMetrics
import Foundation
import PrometheusMetrics
import Testing

@Suite struct PromtoolTests {
    static let promtool = "/usr/bin/promtool"

    static func factory() -> PrometheusMetricsFactory {
        let metrics = PrometheusMetricsFactory()
        metrics.addBuildInfo(service: "alert-ingestion", version: "1.0.0", revision: "dev")
        metrics.describe("alerts_received_total", help: "Alerts, by \"severity\".\nA back\\slash.")
        Counter(label: "alerts_received_total", dimensions: [("severity", "a\"b\\c\nd")], factory: metrics).increment()
        Counter(label: "hb.requests", dimensions: [("http.route", "/x/{id}"), ("status", "200")], factory: metrics).increment()
        FloatingPointCounter(label: "work", factory: metrics).increment(by: 0.25)
        Gauge(label: "queue_depth", factory: metrics).record(7)
        Recorder(label: "batch_size", factory: metrics).record(3)
        Meter(label: "http.server.active_requests", factory: metrics).set(1)
        CoreMetrics.Timer(label: "http.server.request.duration", dimensions: [("route", "/x")], factory: metrics).recordSeconds(0.2)
        return metrics
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: promtool))) func promtoolFindsNothingToSay() async throws {
        let result = try run(Self.promtool, ["check", "metrics"], input: await Self.factory().exposition(.text))
        #expect(result.output == "")
        #expect(result.status == 0)
    }

    @Test func openMetricsIsAsTheSpecificationWants() async {
        var checker = OpenMetricsChecker()
        checker.check(await Self.factory().exposition(.openMetrics))
        #expect(checker.faults == [])
        #expect(checker.samples > 30)
    }

    private func run(_ program: String, _ arguments: [String], input: String) throws -> (status: Int32, output: String) {
        let process = Process()
        let stdin = Pipe()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = stdin
        process.standardOutput = output
        process.standardError = output
        try process.run()
        stdin.fileHandleForWriting.write(Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }
}
