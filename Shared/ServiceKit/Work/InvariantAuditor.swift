package import Contracts
import CoreMetrics
package import Foundation
package import Logging
package import PrometheusMetrics

/// Looks from outside whether what must always hold does, independent of the workers that should see to it.
///
/// Each pass counts what is broken, mends what can be mended, and raises metric and log. Only a pass that could look at everything and found
/// nothing feeds the heartbeat, so that whoever waits for it hears of a broken rule, a dead daemon and a dead auditor alike.
package struct InvariantAuditor: Worker {
    package typealias Inspection = @Sendable (Date) async throws -> [InvariantFinding]

    package let name = "auditor"
    /// How often: what is broken is seen within 90 s (reliability ESC-7).
    package static let interval: Duration = .seconds(60)

    private let inspections: [(name: String, inspect: Inspection)]
    private let heartbeat: (@Sendable () async throws -> Void)?
    private let factory: PrometheusMetricsFactory
    private let logger: Logger
    private let failures: Counter
    private let heartbeatFailures: Counter
    private let lastClean: Gauge

    /// - Parameters:
    ///   - invariants: the names whose gauges show 0 from the start.
    ///   - heartbeat: feeds an external watch; nil where none is configured.
    package init(
        _ inspections: [(name: String, inspect: Inspection)], invariants: [String], heartbeat: (@Sendable () async throws -> Void)?,
        metrics factory: PrometheusMetricsFactory, logger: Logger
    ) {
        self.inspections = inspections
        self.heartbeat = heartbeat
        self.factory = factory
        self.logger = logger
        factory.describe("tocsin_invariant_violations", help: "Rows that break a rule which must always hold, at the last audit.")
        factory.describe("tocsin_invariant_repairs_total", help: "Rows that the audit put right, by rule.")
        factory.describe("tocsin_audit_failures_total", help: "Audits that could not look at everything.")
        factory.describe("tocsin_audit_heartbeat_failures_total", help: "Clean audits whose external heartbeat was not taken.")
        factory.describe("tocsin_audit_last_clean_timestamp_seconds", help: "When the last audit found nothing wrong; 0 before the first.")
        for invariant in invariants {
            Gauge(label: "tocsin_invariant_violations", dimensions: [("invariant", invariant)], factory: factory).record(0)
            Counter(label: "tocsin_invariant_repairs_total", dimensions: [("invariant", invariant)], factory: factory).increment(by: 0)
        }
        failures = Counter(label: "tocsin_audit_failures_total", factory: factory)
        heartbeatFailures = Counter(label: "tocsin_audit_heartbeat_failures_total", factory: factory)
        lastClean = Gauge(label: "tocsin_audit_last_clean_timestamp_seconds", factory: factory)
        lastClean.record(0)
    }

    package func tick(now: Date) async throws -> TickReport {
        var isClean = true
        // Some rules are looked after by two daemons: a gauge shows what both found.
        var found: [String: InvariantFinding] = [:]
        for inspection in inspections {
            do {
                for finding in try await inspection.inspect(now) {
                    found[finding.invariant] = found[finding.invariant]?.and(finding) ?? finding
                }
            } catch {
                isClean = false
                failures.increment()
                logger.warning("audit incomplete", metadata: ["audit.inspection": "\(inspection.name)", "error.message": "\(error)"])
            }
        }
        for finding in found.values.sorted(by: { $0.invariant < $1.invariant }) {
            record(finding)
            if finding.violations > 0 { isClean = false }
        }
        if isClean {
            lastClean.record(now.timeIntervalSince1970)
            await feed()
        }
        return TickReport(handled: found.values.reduce(0) { $0 + $1.repaired })
    }

    private func record(_ finding: InvariantFinding) {
        let labels = [("invariant", finding.invariant)]
        Gauge(label: "tocsin_invariant_violations", dimensions: labels, factory: factory).record(finding.violations)
        guard finding.violations > 0 else { return }
        Counter(label: "tocsin_invariant_repairs_total", dimensions: labels, factory: factory).increment(by: Int64(finding.repaired))
        logger.warning(
            "invariant violated",
            metadata: [
                "audit.invariant": "\(finding.invariant)", "audit.violations": "\(finding.violations)",
                "audit.repaired": "\(finding.repaired)",
            ])
    }

    private func feed() async {
        guard let heartbeat else { return }
        do {
            try await heartbeat()
        } catch {
            heartbeatFailures.increment()
            logger.warning("audit heartbeat not taken", metadata: ["error.message": "\(error)"])
        }
    }
}
