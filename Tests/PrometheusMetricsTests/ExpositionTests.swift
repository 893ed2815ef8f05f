import CoreMetrics
import PrometheusMetrics
import Testing

@Suite struct ExpositionTests {
    let metrics = PrometheusMetricsFactory()

    @Test func counterGetsItsSuffixOnce() async {
        Counter(label: "alerts_received_total", dimensions: [("severity", "high")], factory: metrics).increment(by: 2)
        Counter(label: "hb.requests", factory: metrics).increment()
        let text = await metrics.exposition(.text)
        #expect(text.contains("# TYPE alerts_received_total counter\nalerts_received_total{severity=\"high\"} 2\n"))
        #expect(text.contains("# TYPE hb_requests_total counter\nhb_requests_total 1\n"))
    }

    @Test func openMetricsNamesTheFamilyWithoutTotalAndEnds() async {
        Counter(label: "alerts_received_total", factory: metrics).increment()
        let text = await metrics.exposition(.openMetrics)
        #expect(text.contains("# TYPE alerts_received counter\nalerts_received_total 1\n"))
        #expect(text.hasSuffix("\n# EOF\n"))
        #expect(await !metrics.exposition(.text).contains("# EOF"))
    }

    @Test func timerIsAHistogramInSeconds() async {
        let timer = CoreMetrics.Timer(label: "http.server.request.duration", dimensions: [("http.route", "/x")], factory: metrics)
        timer.recordNanoseconds(20_000_000)
        timer.recordSeconds(7)
        timer.recordSeconds(70)
        let text = await metrics.exposition(.text)
        let name = "http_server_request_duration_seconds"
        #expect(text.contains("# TYPE \(name) histogram\n"))
        #expect(text.contains("\(name)_bucket{http_route=\"/x\",le=\"0.01\"} 0\n\(name)_bucket{http_route=\"/x\",le=\"0.025\"} 1\n"))
        #expect(text.contains("\(name)_bucket{http_route=\"/x\",le=\"10.0\"} 2\n\(name)_bucket{http_route=\"/x\",le=\"+Inf\"} 3\n"))
        #expect(text.contains("\(name)_sum{http_route=\"/x\"} 77.02\n\(name)_count{http_route=\"/x\"} 3\n"))
    }

    @Test func observationOnABoundFallsIntoItsBucket() async {
        metrics.describe("wait_seconds", help: "Wait.", buckets: [2, 1, 1, .infinity, .nan])
        CoreMetrics.Timer(label: "wait", factory: metrics).recordSeconds(1)
        let text = await metrics.exposition(.text)
        #expect(text.contains("wait_seconds_bucket{le=\"1.0\"} 1\nwait_seconds_bucket{le=\"2.0\"} 1\nwait_seconds_bucket{le=\"+Inf\"} 1\n"))
    }

    @Test(arguments: ["http.wait", "http_wait", "http_wait_seconds"]) func descriptionFindsItsMetricByEitherName(name: String) async {
        metrics.describe(name, help: "How long.", buckets: [0.1])
        CoreMetrics.Timer(label: "http.wait", factory: metrics).recordSeconds(1)
        let text = await metrics.exposition(.text)
        #expect(text.contains("# HELP http_wait_seconds How long.\n"))
        #expect(text.contains("le=\"0.1\"} 0\nhttp_wait_seconds_bucket{le=\"+Inf\"} 1\n"))
    }

    @Test func metricThatNobodyDescribedHasHelpAllTheSame() async {
        Gauge(label: "queue_depth", factory: metrics).record(3)
        #expect(await metrics.exposition(.text).contains("# HELP queue_depth Queue depth.\n# TYPE queue_depth gauge\nqueue_depth 3\n"))
    }

    @Test func recorderIsAHistogramWhenItAggregatesElseAGauge() async {
        Recorder(label: "batch_size", factory: metrics).record(4)
        Recorder(label: "level", aggregate: false, factory: metrics).record(1.5)
        let text = await metrics.exposition(.text)
        #expect(text.contains("# TYPE batch_size histogram\n"))
        #expect(text.contains("# TYPE level gauge\nlevel 1.5\n"))
    }

    @Test func meterGoesUpAndDown() async {
        let meter = Meter(label: "active", factory: metrics)
        meter.increment(by: 3)
        meter.decrement()
        #expect(await metrics.exposition(.text).contains("active 2\n"))
    }

    static let values: [(Double, String)] = [
        (0, "0"), (-1, "-1"), (0.1, "0.1"), (1e300, "1e+300"), (.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"),
        (9_007_199_254_740_991, "9007199254740991"),
    ]

    @Test(arguments: values) func gaugeShowsAnyNumber(value: Double, text: String) async {
        Gauge(label: "g", factory: metrics).record(value)
        #expect(await metrics.exposition(.text).contains("\ng \(text)\n"))
    }

    static let labels: [(String, String, String)] = [
        ("a", "plain", #"a="plain""#),
        ("a", "say \"hi\"\\now", #"a="say \"hi\"\\now""#),
        ("a", "two\nlines\r\nmore", "a=\"two\\nlines\r\\nmore\""),
        ("http.route", "/x", #"http_route="/x""#),
        ("1st:ärger", "x", #"_1st___rger="x""#),
        ("__name__", "x", #"exported___name__="x""#),
        ("a", "ünï", #"a="ünï""#),
        ("a", String(repeating: "y", count: 300), "a=\"" + String(repeating: "y", count: 256) + "\""),
    ]

    @Test(arguments: labels) func labelsAreEscapedAndSanitised(name: String, value: String, shown: String) async {
        Counter(label: "c", dimensions: [(name, value)], factory: metrics).increment()
        #expect(await metrics.exposition(.text).contains("\nc_total{\(shown)} 1\n"))
    }

    @Test func histogramKeepsItsOwnBoundLabel() async {
        Recorder(label: "h", dimensions: [("le", "mine")], factory: metrics).record(1)
        #expect(await metrics.exposition(.text).contains(#"h_bucket{exported_le="mine",le="0.005"} 0"#))
    }

    @Test func sameNameAndLabelsInAnyOrderAreOneSeries() async {
        Counter(label: "c", dimensions: [("a", "1"), ("b", "2")], factory: metrics).increment()
        Counter(label: "c", dimensions: [("b", "2"), ("a", "1")], factory: metrics).increment()
        #expect(await metrics.exposition(.text).contains(#"c_total{a="1",b="2"} 2"#))
    }

    @Test func counterNeverFalls() async {
        let counter = Counter(label: "c", factory: metrics)
        counter.increment(by: 5)
        counter.increment(by: -3)
        #expect(await metrics.exposition(.text).contains("\nc_total 5\n"))
    }

    @Test func destroyedSeriesIsNotShown() async {
        let gauge = Gauge(label: "oncall_current", dimensions: [("team", "a")], factory: metrics)
        gauge.record(1)
        gauge.destroy()
        #expect(await !metrics.exposition(.text).contains("oncall_current"))
    }

    @Test func buildInfoNamesWhatRuns() async {
        metrics.addBuildInfo(service: "oncall-service", version: "1.2.3", revision: "abc")
        let text = await metrics.exposition(.text)
        #expect(text.contains("tocsin_build_info{revision=\"abc\",service=\"oncall-service\",swift_version=\"6."))
    }

    @Test func processMetricsHaveTheNamesEverybodyKnows() async throws {
        let text = await metrics.exposition(.text)
        for name in [
            "process_cpu_seconds_total", "process_resident_memory_bytes", "process_virtual_memory_bytes", "process_open_fds",
            "process_max_fds", "process_start_time_seconds",
        ] {
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(name + " ") }, "\(name)")
            #expect(try #require(Double(line.dropFirst(name.count + 1))) > 0, "\(name)")
        }
    }
}
