import Contracts
import ServiceClients
package import WorkQueue

/// Takes outcomes to IncidentManagement: `POST /internal/v1/pages/outcomes` with `{"items":[…]}`.
package struct OutcomeDestination: OutboxDestination {
    package let name = OutcomeOutbox.destination
    package let batchLimit = 100
    private let incidents: any IncidentGateway

    package init(_ incidents: any IncidentGateway) {
        self.incidents = incidents
    }

    package func deliver(_ items: [OutboxItem]) async -> [OutboxAnswer] {
        let decoded = items.map { try? WireJSON.decode(PageOutcome.self, fromText: $0.body) }
        let answer = await answer(for: decoded.compactMap(\.self))
        return decoded.map { $0 == nil ? .refused(reason: "undecodable") : answer }
    }

    /// A refusal of the whole batch is kept and repeated too: an outcome lost is an escalation that waits for its timer.
    private func answer(for outcomes: [PageOutcome]) async -> OutboxAnswer {
        guard !outcomes.isEmpty else { return .done }
        do throws(ClientError) {
            try await incidents.report(outcomes)
            return .done
        } catch {
            return .retry(reason: error.reason.label, after: error.retryAfter)
        }
    }
}
