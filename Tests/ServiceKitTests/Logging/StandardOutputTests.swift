import Foundation
import PrometheusMetrics
import ServiceKit
import Testing

@Suite struct StandardOutputTests {
    @Test func stoppedReaderCostsLinesAndNoTime() async throws {
        let pipe = Pipe()
        let metrics = PrometheusMetricsFactory()
        let output = StandardOutput(metrics, descriptor: pipe.fileHandleForWriting.fileDescriptor)
        let time = ContinuousClock().measure {
            for number in 0..<5_000 { output.write(Array("line \(number) \(String(repeating: "x", count: 100))\n".utf8)) }
        }
        #expect(time < .seconds(30), "a pipe that blocks would never end")
        #expect(!(await metrics.exposition(.text)).contains("tocsin_log_lines_dropped_total 0"))
        let first = try #require(try pipe.fileHandleForReading.read(upToCount: 16 * 1024))
        let lines = String(decoding: first, as: UTF8.self).split(separator: "\n").dropLast()
        for (index, line) in lines.enumerated() { #expect(line.hasPrefix("line \(index) ")) }
        output.write(Array("again\n".utf8))
        output.write(Array("and again\n".utf8))
        try pipe.fileHandleForWriting.close()
        let rest = String(decoding: try #require(try pipe.fileHandleForReading.readToEnd()), as: UTF8.self)
        #expect(rest.hasSuffix("\nagain\nand again\n"))
    }

    @Test func longLineArrivesWhole() throws {
        let pipe = Pipe()
        let output = StandardOutput(PrometheusMetricsFactory(), descriptor: pipe.fileHandleForWriting.fileDescriptor)
        let line = String(repeating: "x", count: 20_000) + "\n"
        output.write(Array(line.utf8))
        try pipe.fileHandleForWriting.close()
        #expect(try pipe.fileHandleForReading.readToEnd() == Data(line.utf8))
    }
}
