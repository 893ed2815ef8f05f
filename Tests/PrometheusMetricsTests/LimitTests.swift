import CoreMetrics
import PrometheusMetrics
import Testing

@Suite struct LimitTests {
    let metrics = PrometheusMetricsFactory()

    @Test func seriesBeyondTheLimitAreCountedAndNotShown() async {
        for number in 0..<1_010 { Counter(label: "c", dimensions: [("user", "\(number)")], factory: metrics).increment() }
        let lines = await metrics.exposition(.text).split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("c_total{") } == 1_000)
        #expect(lines.contains(#"tocsin_metrics_dropped_total{reason="series_limit"} 10"#))
    }

    @Test func knownSeriesStillCountWhenTheMetricIsFull() async {
        for number in 0..<1_001 { Counter(label: "c", dimensions: [("user", "\(number)")], factory: metrics).increment() }
        Counter(label: "c", dimensions: [("user", "7")], factory: metrics).increment()
        #expect(await metrics.exposition(.text).contains(#"c_total{user="7"} 2"#))
    }

    @Test func metricsBeyondTheLimitAreCountedAndNotShown() async {
        for number in 0..<600 { Gauge(label: "g\(number)", factory: metrics).record(1) }
        let text = await metrics.exposition(.text)
        #expect(text.contains(#"tocsin_metrics_dropped_total{reason="metric_limit"} 102"#))
    }

    @Test func oneNameCannotBeTwoKinds() async {
        Gauge(label: "x_total", factory: metrics).record(4)
        Counter(label: "x", factory: metrics).increment()
        Counter(label: "x", dimensions: [("other", "label")], factory: metrics).increment()
        let text = await metrics.exposition(.text)
        #expect(text.contains("# TYPE x_total gauge\nx_total 4\n"))
        #expect(!text.contains("other"))
        #expect(text.contains(#"tocsin_metrics_dropped_total{reason="kind_conflict"} 2"#))
    }

    @Test func countsFromManyTasksAddUp() async {
        let timer = CoreMetrics.Timer(label: "t", factory: metrics)
        await withTaskGroup { group in
            for task in 0..<20 {
                group.addTask {
                    for _ in 0..<500 {
                        Counter(label: "c", dimensions: [("task", "\(task % 4)")], factory: metrics).increment()
                        timer.recordSeconds(1)
                    }
                }
            }
            group.addTask { for _ in 0..<20 { _ = await metrics.exposition(.text) } }
        }
        let text = await metrics.exposition(.text)
        for task in 0..<4 { #expect(text.contains(#"c_total{task="\#(task)"} 2500"#)) }
        #expect(text.contains("t_seconds_count 10000\n"))
        #expect(text.contains("t_seconds_sum 10000\n"))
    }
}
