import CoreMetrics
import Synchronization

/// A swift-metrics backend that keeps its own registry and writes it in Prometheus' exposition formats.
///
/// One per daemon, handed to every `Counter`, `Gauge`, `Timer` and `Recorder` as their `factory`; it is never bootstrapped globally, because
/// several daemons live in one process under test. Recording takes one short lock of the series and no lock of the registry.
package final class PrometheusMetricsFactory: MetricsFactory, Sendable {
    /// How long a scrape waits for its collectors: well within Prometheus' scrape timeout of 10 s, so that a dead database leaves the gauges
    /// as they were instead of losing the whole scrape.
    package static let collectorTimeout: Duration = .seconds(2)

    let registry: Mutex<MetricRegistry>
    private let collectors = ScrapeCollectors()

    package init() {
        registry = Mutex(MetricRegistry())
    }

    /// Sets the HELP text of a metric and, for a histogram, its upper bounds (in seconds for a timer).
    ///
    /// `name` is the label given to swift-metrics or the exported name. Buckets bind series made after this call.
    package func describe(_ name: String, help: String, buckets: [Double]? = nil) {
        let description = MetricDescription(help: help, buckets: buckets.map(MetricDescription.usable))
        registry.withLock { $0.descriptions[MetricName.sanitized(name)] = description }
    }

    /// Runs `collect` before every scrape, for gauges that are computed when asked for; at most one run of it at a time.
    package func beforeScrape(_ collect: @escaping @Sendable () async -> Void) {
        collectors.add(collect)
    }

    /// Everything recorded so far, after the collectors ran or ``collectorTimeout`` passed.
    package func exposition(_ format: ExpositionFormat) async -> String {
        await exposition(format, collectorTimeout: Self.collectorTimeout)
    }

    /// As ``exposition(_:)`` with a timeout of the caller's choice.
    package func exposition(_ format: ExpositionFormat, collectorTimeout: Duration) async -> String {
        let late = await collectors.run(within: collectorTimeout)
        if late > 0 { registry.withLock { $0.lateCollectors.increment(by: Int64(late)) } }
        let families = registry.withLock { $0.sortedFamilies() } + ProcessSample.read().families
        return Exposition(format: format).text(of: families.sorted { $0.name < $1.name })
    }

    /// Adds `tocsin_build_info`, always 1, whose labels say what is running.
    package func addBuildInfo(service: String, version: String, revision: String) {
        let name = "tocsin_build_info"
        describe(name, help: "What is running: the labels carry it, the value is always 1.")
        let labels = [("service", service), ("version", version), ("revision", revision), ("swift_version", Self.swiftVersion)]
        makeRecorder(label: name, dimensions: labels, aggregate: false).record(Int64(1))
    }

    private static var swiftVersion: String {
        #if compiler(>=6.4)
            "6.4"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }
}
