import CoreMetrics
import PrometheusMetrics
import Synchronization

/// The figures of this daemon; label values are names of existing teams, up to a bound.
final class OnCallMetrics: Sendable {
    /// How many teams get series of their own; the rest, and names of no team, count as `other`.
    static let mostTeams = 200

    private let lookups: TeamCounter
    private let escalations: TeamCounter
    private let current: TeamGauge
    private let gapAhead: TeamGauge
    private let unreachable: TeamGauge

    init(_ factory: PrometheusMetricsFactory) {
        factory.describe(
            "oncall_current", help: "1 while the team has a primary on call, 0 while nobody is or its schedule cannot be read.")
        factory.describe("oncall_gap_seconds_ahead", help: "Seconds of the next seven days in which the team has no primary on call.")
        factory.describe("unreachable_responder", help: "People on call now whom no page could reach: no address and no active account.")
        factory.describe("oncall_lookups_total", help: "Questions who is on call, by team.")
        factory.describe("escalations_total", help: "Escalations answered, repeats not counted, by team.")
        lookups = TeamCounter("oncall_lookups_total", factory)
        escalations = TeamCounter("escalations_total", factory)
        current = TeamGauge("oncall_current", factory)
        gapAhead = TeamGauge("oncall_gap_seconds_ahead", factory)
        unreachable = TeamGauge("unreachable_responder", factory)
    }

    /// - Parameter team: an existing team; nil for any other name.
    func lookup(_ team: String?) { lookups.increment(team) }

    /// - Parameter team: an existing team; nil for any other name.
    func escalation(_ team: String?) { escalations.increment(team) }

    /// Shows who is covered; teams that are gone lose their series.
    func current(_ covered: [String: Bool]) { current.show(covered.mapValues { $0 ? 1 : 0 }) }

    /// Shows how long nobody will be on call; teams that are gone lose their series.
    func gapAhead(_ seconds: [String: Double]) { gapAhead.show(seconds) }

    /// Shows how many of those on call cannot be paged; teams that are gone lose their series.
    func unreachable(_ people: [String: Int]) { unreachable.show(people.mapValues(Double.init)) }
}

/// One gauge for each team there is.
final class TeamGauge: Sendable {
    private let name: String
    private let factory: PrometheusMetricsFactory
    private let teams = Mutex<[String: Gauge]>([:])

    init(_ name: String, _ factory: PrometheusMetricsFactory) {
        self.name = name
        self.factory = factory
    }

    func show(_ values: [String: Double]) {
        teams.withLock { gauges in
            for (team, gauge) in gauges where values[team] == nil {
                gauge.destroy()
                gauges[team] = nil
            }
            for (team, value) in values {
                let gauge = gauges[team] ?? Gauge(label: name, dimensions: [("team", team)], factory: factory)
                gauges[team] = gauge
                gauge.record(value)
            }
        }
    }
}

/// One counter per team, as many as there may be, and one for everything else.
private final class TeamCounter: Sendable {
    private let name: String
    private let factory: PrometheusMetricsFactory
    private let other: Counter
    private let teams = Mutex<[String: Counter]>([:])

    init(_ name: String, _ factory: PrometheusMetricsFactory) {
        self.name = name
        self.factory = factory
        other = Counter(label: name, dimensions: [("team", "other")], factory: factory)
    }

    func increment(_ team: String?) {
        (team.map(counter) ?? other).increment()
    }

    private func counter(_ team: String) -> Counter {
        teams.withLock { counters in
            if let counter = counters[team] { return counter }
            guard counters.count < OnCallMetrics.mostTeams, team != "other" else { return other }
            let counter = Counter(label: name, dimensions: [("team", team)], factory: factory)
            counters[team] = counter
            return counter
        }
    }
}
