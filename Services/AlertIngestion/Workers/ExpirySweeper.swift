package import Foundation
package import ServiceKit

/// Resolves alerts whose sender fell silent: Prometheus sends no resolve when a rule is edited or when it dies (interop §1.2).
package struct ExpirySweeper: Worker {
    /// Alerts of one tick: one transaction.
    static let batch = 200

    package let name = "alert-expiry"
    private let alerts: AlertStore
    private let accept: AcceptStore

    package init(alerts: AlertStore, accept: AcceptStore) {
        self.alerts = alerts
        self.accept = accept
    }

    package func tick(now: Date) async throws -> TickReport {
        let expired = try await alerts.expired(now: now, limit: Self.batch)
        guard let first = expired.first else { return .idle }
        let submission = Submission(alerts: expired, integrationID: first.integrationID, format: .postableAlerts)
        _ = try await accept.accept([submission], now: now)
        return TickReport(handled: expired.count, more: expired.count == Self.batch)
    }
}

/// Forgets muted alerts that have fallen silent.
package struct MutedAlertSweeper: Worker {
    package let name = "muted-alerts"
    private let muted: MutedAlerts

    package init(_ muted: MutedAlerts) { self.muted = muted }

    package func tick(now: Date) async throws -> TickReport {
        let more = try await muted.forget(now: now)
        return TickReport(handled: 0, more: more)
    }
}
