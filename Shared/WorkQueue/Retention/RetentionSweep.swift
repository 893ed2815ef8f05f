import CoreMetrics
package import Foundation
package import PrometheusMetrics
package import ServiceKit

/// Removes from a daemon's tables what is past its time, a bounded piece of each a tick.
package struct RetentionSweep: Worker {
    /// How often a daemon looks: what is kept for days need not go to the minute.
    package static let interval: Duration = .seconds(600)

    package let name = "retention-sweep"
    private let jobs: [(job: any RetentionJob, removed: Counter)]

    package init(_ jobs: [any RetentionJob], metrics: PrometheusMetricsFactory) {
        metrics.describe("tocsin_retention_removed_total", help: "Rows deleted and partitions dropped because their time was over.")
        self.jobs = jobs.map { job in
            let labels = [("table", job.table), ("unit", job.unit.rawValue)]
            return (job, Counter(label: "tocsin_retention_removed_total", dimensions: labels, factory: metrics))
        }
    }

    /// Throws the first failure, after every table had its turn.
    package func tick(now: Date) async throws -> TickReport {
        var total = TickReport.idle
        var failure: (any Error)?
        for (job, removed) in jobs {
            do {
                let report = try await job.run(now: now)
                removed.increment(by: Int64(report.handled))
                total.handled += report.handled
                total.more = total.more || report.more
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return total
    }
}
