import Contracts

/// What a sender is told, as status and JSON text; kept under an idempotency key just so.
package struct IngestAnswer: Sendable, Hashable {
    package let status: Int
    package let body: String

    package init(status: Int, body: String) {
        self.status = status
        self.body = body
    }

    /// The answer to one alert in our own format is that alert, to a batch a summary.
    package init(format: AlertFormat, outcomes: [AcceptOutcome], quarantined: Int) {
        if format == .native, let outcome = outcomes.first {
            self.init(status: 201, body: Self.item(outcome).serialized)
        } else {
            let members: [JSONValue.Member] = [
                .init("status", .string("success")), .init("accepted", .number(String(outcomes.count))),
                .init("quarantined", .number(String(quarantined))), .init("items", .array(outcomes.map(Self.item))),
            ]
            self.init(status: 200, body: JSONValue.object(members).serialized)
        }
    }

    private static func item(_ outcome: AcceptOutcome) -> JSONValue {
        let ids = [("alert_id", outcome.alertID?.description), ("incident_id", outcome.incidentID?.description)]
        let members = ids.compactMap { name, id in id.map { JSONValue.Member(name, .string($0)) } }
        return .object(
            members + [
                .init("dedup_key", .string(outcome.dedupKey.rawValue)), .init("status", .string(outcome.decision.status)),
                .init("action", .string(outcome.decision.action)),
            ])
    }
}

extension AcceptDecision {
    /// The word in an answer's `status`.
    package var status: String {
        switch self {
        case .createdNewIncident, .attachedToExistingIncident, .duplicateSuppressed: "correlated"
        case .absorbedAfterManualResolve: "suppressed"
        case .resolved, .resolvedIncident, .resolvedAfterManualResolve: "resolved"
        case .resolveWithoutOpen, .staleResolve, .expiryExtended: "ignored"
        }
    }
}
