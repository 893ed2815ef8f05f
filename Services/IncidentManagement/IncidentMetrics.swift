package import Contracts
import CoreMetrics
import Foundation
package import PrometheusMetrics

/// What this daemon counts; every closed label set shows 0 from the start.
package struct IncidentMetrics: Sendable {
    private let transitions: [IncidentStatus: Counter]
    private let steps: [FiringResult: Counter]
    private let exhausted: Counter
    private let held: [StepHindrance: Counter]
    private let requested: Counter
    private let permits: [PermitAnswer.Verdict: Counter]
    private let outcomes: [PageOutcome.Result: Counter]
    private let opened: ServiceCounter
    private let timeToAcknowledge: CoreMetrics.Timer
    private let timeToResolve: CoreMetrics.Timer
    private let lateness: CoreMetrics.Timer

    package init(_ factory: PrometheusMetricsFactory) {
        Self.describe(factory)
        func counters<Label: RawRepresentable & CaseIterable & Hashable>(_ name: String, _ key: String, _ type: Label.Type) -> [Label:
            Counter]
        where Label.RawValue == String {
            Dictionary(
                uniqueKeysWithValues: Label.allCases.map { ($0, Counter(label: name, dimensions: [(key, $0.rawValue)], factory: factory)) }
            )
        }
        transitions = counters("incidents_total", "status", IncidentStatus.self)
        opened = ServiceCounter("incidents_opened_total", factory)
        steps = counters("tocsin_escalation_steps_total", "result", FiringResult.self)
        exhausted = Counter(label: "tocsin_escalation_exhausted_total", factory: factory)
        held = counters("tocsin_escalation_held_total", "reason", StepHindrance.self)
        requested = Counter(label: "tocsin_escalation_requested_total", factory: factory)
        permits = counters("tocsin_page_permits_total", "verdict", PermitAnswer.Verdict.self)
        outcomes = counters("tocsin_page_outcomes_total", "result", PageOutcome.Result.self)
        timeToAcknowledge = CoreMetrics.Timer(label: "incident_mtta_seconds", factory: factory)
        timeToResolve = CoreMetrics.Timer(label: "incident_mttr_seconds", factory: factory)
        lateness = CoreMetrics.Timer(label: "tocsin_escalation_lateness_seconds", factory: factory)
    }

    private static func describe(_ factory: PrometheusMetricsFactory) {
        factory.describe("incidents_total", help: "Incidents that reached a status.")
        factory.describe("incidents_opened_total", help: "Incidents opened, by service and severity.")
        factory.describe("tocsin_escalation_steps_total", help: "Escalation steps fired, by what they came to.")
        factory.describe("tocsin_escalation_exhausted_total", help: "Escalations that ended without anybody acting.")
        factory.describe("tocsin_escalation_held_total", help: "Steps that were due and began to wait, by reason.")
        factory.describe("tocsin_escalation_requested_total", help: "Escalations to the next level that a person asked for.")
        factory.describe("tocsin_page_permits_total", help: "Permits asked for, by verdict.")
        factory.describe("tocsin_page_outcomes_total", help: "Outcomes of pages, by result.")
        factory.describe(
            "incident_mtta_seconds", help: "Time from opening to the first acknowledge.", buckets: [30, 60, 120, 300, 600, 1800, 3600]
        )
        factory.describe(
            "incident_mttr_seconds", help: "Time from opening to resolution.", buckets: [60, 300, 600, 1800, 3600, 7200, 14_400]
        )
        factory.describe(
            "tocsin_escalation_lateness_seconds", help: "How late a step fired after it was due.",
            buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 30]
        )
    }

    package func opened(_ incident: Incident) {
        transitions[.open]?.increment()
        opened.increment(incident.service, incident.severity)
    }

    /// Counts a change of state that took place.
    package func changed(_ incident: Incident) {
        transitions[incident.status]?.increment()
        switch incident.status {
        case .acknowledged, .investigating:
            if let acknowledgement = incident.acknowledgement, acknowledgement.at == incident.updatedAt {
                timeToAcknowledge.recordSeconds(acknowledgement.at.timeIntervalSince(incident.createdAt))
            }
        case .resolved:
            if let resolution = incident.resolution { timeToResolve.recordSeconds(resolution.at.timeIntervalSince(incident.createdAt)) }
        case .open: break
        }
    }

    package func stepped(_ outcome: StepOutcome) {
        switch outcome.kind {
        case .fired(let firing):
            steps[firing.result]?.increment()
            if let due = outcome.incident.escalation.nextStepAt, let entry = outcome.entries.first {
                lateness.recordSeconds(max(0, entry.at.timeIntervalSince(due)))
            }
        case .exhausted: exhausted.increment()
        case .held(let hindrance):
            // Once a wait, as on the timeline.
            if outcome.incident.escalation.heldSince == nil { held[hindrance]?.increment() }
        }
    }

    /// Counts an escalation that a person asked for.
    package func requestedEscalation() {
        requested.increment()
    }

    package func answered(_ answer: PermitAnswer) {
        permits[answer.verdict]?.increment()
    }

    package func told(_ outcome: PageOutcome) {
        outcomes[outcome.result]?.increment()
    }
}
