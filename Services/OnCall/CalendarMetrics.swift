import CoreMetrics
package import PrometheusMetrics

/// The figures of time off and calendars.
package final class CalendarMetrics: Sendable {
    /// What became of reading a feed.
    package enum Reading: String, Sendable, CaseIterable {
        case changed, unchanged, failed
    }

    private let readings: [Reading: Counter]
    private let failing: Gauge
    private let conflicts: TeamGauge

    package init(_ factory: PrometheusMetricsFactory) {
        factory.describe("oncall_calendar_reads_total", help: "Readings of calendar feeds by result.")
        factory.describe(
            "oncall_calendar_feeds_failing", help: "Calendar feeds whose last reading failed; what was read before stays in use.")
        factory.describe(
            "oncall_conflicts_ahead", help: "Shifts of the next fourteen days that fall into the time off of whoever is to take them.")
        readings = Dictionary(
            uniqueKeysWithValues: Reading.allCases.map {
                ($0, Counter(label: "oncall_calendar_reads_total", dimensions: [("result", $0.rawValue)], factory: factory))
            })
        for counter in readings.values { counter.increment(by: 0) }
        failing = Gauge(label: "oncall_calendar_feeds_failing", factory: factory)
        failing.record(0)
        conflicts = TeamGauge("oncall_conflicts_ahead", factory)
    }

    package func read(_ result: Reading) { readings[result]?.increment() }

    func failing(_ feeds: Int) { failing.record(feeds) }

    /// Teams that are gone lose their series.
    func conflicts(_ counts: [String: Int]) { conflicts.show(counts.mapValues(Double.init)) }
}
