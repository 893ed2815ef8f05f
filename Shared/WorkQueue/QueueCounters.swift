package import CoreMetrics
import PrometheusMetrics

/// Why a row was buried: the `reason` of a dead row and the label of the metric.
package enum BurialReason: String, Sendable, CaseIterable {
    /// Past its `expires_at`: too late to be of use.
    case expired
    /// The destination said that it will never take it.
    case refused
}

/// What becomes of the rows of one lane of one queue; the label sets are closed and made at once, so that they show 0.
package struct QueueCounters: Sendable {
    let claimed: Counter
    let settled: Counter
    let retried: Counter
    /// Writes refused by the fence: a worker that lost its lease came back.
    let stale: Counter
    private let buried: [BurialReason: Counter]

    /// - Parameters:
    ///   - queue: `outbox`, `delivery`, …
    ///   - lane: the destination of an outbox, the lane of a delivery.
    package init(queue: String, lane: String = "", metrics: any MetricsFactory) {
        let labels = [("queue", queue), ("lane", lane)]
        func counter(_ name: String, _ more: [(String, String)] = []) -> Counter {
            Counter(label: "tocsin_queue_\(name)_total", dimensions: labels + more, factory: metrics)
        }
        if let factory = metrics as? PrometheusMetricsFactory { Self.describe(factory) }
        claimed = counter("claimed")
        settled = counter("settled")
        retried = counter("retried")
        stale = counter("stale_settle")
        buried = Dictionary(uniqueKeysWithValues: BurialReason.allCases.map { ($0, counter("buried", [("reason", $0.rawValue)])) })
    }

    func buried(_ count: Int, _ reason: BurialReason) {
        buried[reason]?.increment(by: Int64(count))
    }

    private static func describe(_ metrics: PrometheusMetricsFactory) {
        metrics.describe("tocsin_queue_claimed_total", help: "Rows leased to a worker.")
        metrics.describe("tocsin_queue_settled_total", help: "Rows finished.")
        metrics.describe("tocsin_queue_retried_total", help: "Failures recorded, to be tried again.")
        metrics.describe("tocsin_queue_buried_total", help: "Rows given up, by reason.")
        metrics.describe("tocsin_queue_stale_settle_total", help: "Writes refused because the lease was lost meanwhile.")
    }
}
