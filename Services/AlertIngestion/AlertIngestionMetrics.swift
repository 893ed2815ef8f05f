import Contracts
import CoreMetrics
import Foundation
package import PrometheusMetrics

/// What this daemon counts; the label sets are closed and made at once, so that they show 0.
package struct AlertIngestionMetrics: Sendable {
    private let received: [Severity: Counter]
    private let correlated: [String: Counter]
    private let decisions: [AcceptDecision: Counter]
    private let refusals: [IngestOverload.Reason: Counter]
    private let closings: [CloseDecision: Counter]
    private let reopenings: [ReopenDecision: Counter]
    private let quarantined: Counter
    private let changes: Counter
    private let batchSize: Recorder
    private let acceptTime: CoreMetrics.Timer

    package init(_ metrics: PrometheusMetricsFactory) {
        Self.describe(metrics)
        func counters<Label: Hashable>(_ name: String, _ label: String, _ values: [Label], _ text: (Label) -> String) -> [Label: Counter] {
            Dictionary(uniqueKeysWithValues: values.map { ($0, Counter(label: name, dimensions: [(label, text($0))], factory: metrics)) })
        }
        received = counters("alerts_received_total", "severity", Severity.allCases, \.rawValue)
        correlated = counters("alerts_correlated_total", "result", ["new_incident", "existing_incident"], \.self)
        decisions = counters("tocsin_alert_decisions_total", "decision", AcceptDecision.allCases, \.rawValue)
        refusals = counters("tocsin_ingest_refused_total", "reason", IngestOverload.Reason.allCases, \.rawValue)
        closings = counters("tocsin_groups_closed_total", "decision", CloseDecision.allCases, \.rawValue)
        reopenings = counters("tocsin_groups_reopened_total", "decision", ReopenDecision.allCases, \.rawValue)
        quarantined = Counter(label: "tocsin_alerts_quarantined_total", factory: metrics)
        changes = Counter(label: "tocsin_change_events_total", factory: metrics)
        batchSize = Recorder(label: "tocsin_ingest_batch_alerts", dimensions: [], aggregate: true, factory: metrics)
        acceptTime = CoreMetrics.Timer(label: "tocsin_ingest_accept_duration_seconds", dimensions: [], factory: metrics)
    }

    private static func describe(_ metrics: PrometheusMetricsFactory) {
        metrics.describe("alerts_received_total", help: "Alerts accepted, repeats and resolves included, by severity.")
        metrics.describe("alerts_correlated_total", help: "Firing alerts by whether they opened an incident.")
        metrics.describe("tocsin_alert_decisions_total", help: "What became of each alert.")
        metrics.describe("tocsin_ingest_refused_total", help: "Requests turned away with 503, by reason.")
        metrics.describe("tocsin_groups_closed_total", help: "Groups closed because their incident ended elsewhere.")
        metrics.describe("tocsin_groups_reopened_total", help: "Reopened incidents, by what came of their groups.")
        metrics.describe("tocsin_alerts_quarantined_total", help: "Items of batches that could not be read or stored.")
        metrics.describe("tocsin_change_events_total", help: "Change events recorded, such as deployments.")
        metrics.describe(
            "tocsin_ingest_batch_alerts", help: "Alerts that shared a transaction.", buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 1_000])
        metrics.describe(
            "tocsin_ingest_accept_duration_seconds", help: "Time of a request from the queue to the commit.",
            buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3])
    }

    /// Counts a batch as a whole: a counter's lock is taken once for all its alerts.
    func accepted(_ batch: [(alerts: [IncomingAlert], result: SubmissionResult, time: Duration)]) {
        var severities: [Severity: Int64] = [:]
        var outcomes: [AcceptDecision: Int64] = [:]
        var setAside = 0
        for case (let alerts, .accepted(let these, let quarantinedCount), let time) in batch {
            for alert in alerts { severities[alert.event.severity, default: 0] += 1 }
            for outcome in these { outcomes[outcome.decision, default: 0] += 1 }
            setAside += quarantinedCount
            acceptTime.recordNanoseconds(Int64(time / .nanoseconds(1)))
        }
        for (severity, count) in severities { received[severity]?.increment(by: count) }
        for (decision, count) in outcomes {
            decisions[decision]?.increment(by: count)
            if let label = decision.correlationResult { correlated[label]?.increment(by: count) }
        }
        if setAside > 0 { quarantined.increment(by: Int64(setAside)) }
    }

    func batch(of alerts: Int) { batchSize.record(alerts) }

    func refused(_ reason: IngestOverload.Reason) { refusals[reason]?.increment() }

    func closed(_ decision: CloseDecision) { closings[decision]?.increment() }

    func changed() { changes.increment() }

    func reopened(_ decision: ReopenDecision) { reopenings[decision]?.increment() }
}
