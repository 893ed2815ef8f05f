/// All metric families of one factory; a value, guarded by the factory's lock.
struct MetricRegistry {
    /// Label combinations one metric may have: far beyond any closed label set, and small enough that a label somebody outside can choose
    /// costs neither our memory nor Prometheus'.
    static let seriesPerMetric = 1_000

    /// Metrics a daemon may have: names come from code, so more means that code builds names from data.
    static let metrics = 500

    private enum Drop: String, CaseIterable {
        case seriesLimit = "series_limit", metricLimit = "metric_limit", kindConflict = "kind_conflict"
    }

    var descriptions: [String: MetricDescription] = [:]
    let lateCollectors = CounterSeries()
    private var families: [String: MetricFamily] = [:]
    private let drops = Dictionary(uniqueKeysWithValues: Drop.allCases.map { ($0, CounterSeries()) })

    init() {
        families["tocsin_metrics_dropped_total"] = MetricFamily(
            name: MetricName(counter: "tocsin_metrics_dropped_total"), kind: .counter,
            help: "Requests for a series that were refused, by reason; such a series is not shown.",
            series: Dictionary(uniqueKeysWithValues: drops.map { (LabelSet([("reason", $0.key.rawValue)]), $0.value) })
        )
        families["tocsin_metrics_late_collectors_total"] = MetricFamily(
            name: MetricName(counter: "tocsin_metrics_late_collectors_total"), kind: .counter,
            help: "Collectors that had not finished when the scrape was answered, so that their gauges show older values.",
            series: [LabelSet([]): lateCollectors]
        )
    }

    /// The series of that name and labels, made now when it is new; one that nothing shows when it may not exist.
    mutating func series<Series: MetricSeries>(
        _ name: MetricName, _ kind: MetricFamily.Kind, _ labels: LabelSet, make: ([Double]) -> Series
    ) -> Series {
        if let known = families[name.exported]?.series[labels] {
            if let series = known as? Series { return series }
            return dropped(.kindConflict, make)
        }
        guard let family = families[name.exported] else {
            guard families.count < Self.metrics else { return dropped(.metricLimit, make) }
            let series = make(buckets(of: name))
            families[name.exported] = MetricFamily(name: name, kind: kind, help: nil, series: [labels: series])
            return series
        }
        guard family.kind == kind else { return dropped(.kindConflict, make) }
        guard family.series.count < Self.seriesPerMetric else { return dropped(.seriesLimit, make) }
        let series = make(buckets(of: name))
        families[name.exported]?.series[labels] = series
        return series
    }

    mutating func remove(_ series: any MetricSeries) {
        for (name, family) in families {
            guard let labels = family.series.first(where: { $0.value === series })?.key else { continue }
            families[name]?.series[labels] = nil
            return
        }
    }

    /// The families as the exposition needs them, each with its HELP text; one without series is left out.
    func sortedFamilies() -> [MetricFamily.Snapshot] {
        families.values.filter { !$0.series.isEmpty }.map { family in
            let help = family.help ?? description(of: family.name)?.help ?? family.name.defaultHelp
            return MetricFamily.Snapshot(family, help: help)
        }
    }

    private func description(of name: MetricName) -> MetricDescription? {
        descriptions[name.exported] ?? descriptions[name.base]
    }

    private func buckets(of name: MetricName) -> [Double] {
        description(of: name)?.buckets ?? MetricDescription.defaultBuckets
    }

    private func dropped<Series>(_ reason: Drop, _ make: ([Double]) -> Series) -> Series {
        drops[reason]?.increment(by: 1 as Int64)
        return make(MetricDescription.defaultBuckets)
    }
}
