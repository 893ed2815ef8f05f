/// All series of one metric name.
struct MetricFamily {
    enum Kind: String { case counter, gauge, histogram }

    let name: MetricName
    let kind: Kind
    let help: String?
    var series: [LabelSet: any MetricSeries]

    /// What one scrape shows of a family.
    struct Snapshot {
        let name: String
        let kind: Kind
        let help: String
        let series: [(labels: LabelSet, samples: [Sample])]

        init(_ family: MetricFamily, help: String) {
            name = family.name.exported
            kind = family.kind
            self.help = help
            series = family.series.map { ($0.key, $0.value.samples) }.sorted { $0.0.text < $1.0.text }
        }

        init(name: String, kind: Kind, help: String, value: Double) {
            self.name = name
            self.kind = kind
            self.help = help
            series = [(LabelSet([]), [Sample(value)])]
        }
    }
}

/// One line of the exposition, without its name's stem and its series' labels.
struct Sample {
    let suffix: String
    /// Such as `le="0.5"`, or empty.
    let label: String
    let value: Double

    init(_ value: Double, suffix: String = "", label: String = "") {
        self.value = value
        self.suffix = suffix
        self.label = label
    }
}

/// What all series can do: show themselves, in one consistent reading.
protocol MetricSeries: AnyObject, Sendable {
    var samples: [Sample] { get }
}

/// HELP text and buckets as described by the metric's owner.
struct MetricDescription {
    /// Prometheus' customary latency buckets, in seconds.
    static let defaultBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    let help: String
    let buckets: [Double]?

    /// Finite bounds, ascending, each once: what a histogram needs to be one.
    static func usable(_ bounds: [Double]) -> [Double] {
        Set(bounds.filter(\.isFinite)).sorted()
    }
}
