package import Contracts
import CoreMetrics
import Foundation
package import PrometheusMetrics

/// What this daemon counts; every label set is closed and shows 0 from the start.
package struct NotificationMetrics: Sendable {
    /// The ends of a delivery and, beside them, an attempt to be repeated and a send that was only simulated.
    package enum Status: String, Sendable, CaseIterable {
        case sent, simulated, failed, retry, expired, cancelled, buried
    }

    package enum PermitResult: String, Sendable, CaseIterable {
        case granted, refused, stale, unanswered
    }

    private let outcomes: [ChannelKind: [Status: Counter]]
    private let sent: [ChannelKind: Counter]
    private let attempts: [ChannelKind: CoreMetrics.Timer]
    private let reasons: [ChannelKind: [ChannelReason: Counter]]
    private let permits: [PermitResult: Counter]
    private let failOpen: Counter

    package init(_ metrics: PrometheusMetricsFactory) {
        Self.describe(metrics)
        func each<Label: CaseIterable & Hashable, Value>(_ make: (Label) -> Value) -> [Label: Value] {
            Dictionary(uniqueKeysWithValues: Label.allCases.map { ($0, make($0)) })
        }
        outcomes = each { channel in
            each { status in
                Counter(
                    label: "notifications_sent_total", dimensions: [("channel", channel.rawValue), ("status", status.rawValue)],
                    factory: metrics)
            }
        }
        sent = each { Counter(label: "oncall_notifications_sent_total", dimensions: [("channel", $0.rawValue)], factory: metrics) }
        attempts = each {
            CoreMetrics.Timer(
                label: "tocsin_notification_attempt_duration_seconds", dimensions: [("channel", $0.rawValue)], factory: metrics)
        }
        reasons = each { channel in
            each { reason in
                Counter(
                    label: "tocsin_notification_attempts_total", dimensions: [("channel", channel.rawValue), ("reason", reason.rawValue)],
                    factory: metrics)
            }
        }
        permits = each { Counter(label: "tocsin_permits_total", dimensions: [("result", $0.rawValue)], factory: metrics) }
        failOpen = Counter(label: "tocsin_permit_fail_open_total", factory: metrics)
    }

    package func count(_ status: Status, by channel: ChannelKind) {
        outcomes[channel]?[status]?.increment()
        if status == .sent || status == .simulated { sent[channel]?.increment() }
    }

    package func count(_ result: ChannelResult, by channel: ChannelKind, in time: Duration) {
        attempts[channel]?.recordNanoseconds(Int64(time / .nanoseconds(1)))
        reasons[channel]?[result.reason]?.increment()
    }

    package func count(_ result: PermitResult) {
        permits[result]?.increment()
        if result == .unanswered { failOpen.increment() }
    }

    private static func describe(_ metrics: PrometheusMetricsFactory) {
        metrics.describe("notifications_sent_total", help: "Deliveries by channel and what became of them.")
        metrics.describe("oncall_notifications_sent_total", help: "Notifications a provider accepted.")
        metrics.describe(
            "tocsin_notification_attempt_duration_seconds", help: "Time a channel took for one attempt.",
            buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10])
        metrics.describe("tocsin_notification_attempts_total", help: "Attempts by channel and reason.")
        metrics.describe("tocsin_permits_total", help: "Permits asked for, by what came of it.")
        metrics.describe("tocsin_permit_fail_open_total", help: "Attempts begun without an answer to the permit question.")
    }
}

extension NotificationMetrics.Status {
    package init(_ decision: DeliveryDecision) {
        switch decision {
        case .sent(.simulated, _): self = .simulated
        case .sent: self = .sent
        case .retry: self = .retry
        case .failed: self = .failed
        case .expired: self = .expired
        case .cancelled: self = .cancelled
        case .buried: self = .buried
        }
    }
}
