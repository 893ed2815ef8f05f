import Contracts
import Foundation
package import Logging
import ServiceClients
package import ServiceKit
package import WorkQueue

/// Takes alert events to IncidentManagement and acts on its verdicts.
package struct IncidentDestination: OutboxDestination {
    package let name = Peer.incidentManagement.rawValue
    package let batchLimit = AlertEventBatch.limit
    private let incidents: any IncidentGateway
    private let groups: GroupStore
    private let metrics: AlertIngestionMetrics
    private let clock: any Clock
    private let logger: Logger

    package init(incidents: any IncidentGateway, groups: GroupStore, metrics: AlertIngestionMetrics, clock: any Clock, logger: Logger) {
        self.incidents = incidents
        self.groups = groups
        self.metrics = metrics
        self.clock = clock
        self.logger = logger
    }

    package func deliver(_ items: [OutboxItem]) async -> [OutboxAnswer] {
        let messages = items.map { try? WireJSON.decode(AlertEventMessage.self, fromText: $0.body) }
        let verdicts = await verdicts(on: messages.compactMap(\.self)[...])
        var answers: [OutboxAnswer] = []
        for message in messages {
            guard let message else {
                answers.append(.refused(reason: "undecodable"))
                continue
            }
            answers.append(await answer(to: message, verdicts[message.eventID]))
        }
        return answers
    }

    private enum Verdict: Sendable {
        case answered(AlertEventAnswer.Verdict)
        case failed(ClientError)
    }

    /// One call for all; when it is refused for what it holds, halves, so that one bad event does not hold up the others.
    private func verdicts(on messages: ArraySlice<AlertEventMessage>) async -> [AlertEventID: Verdict] {
        guard !messages.isEmpty else { return [:] }
        do throws(ClientError) {
            let answers = try await incidents.deliver(AlertEventBatch(items: Array(messages)))
            return Dictionary(answers.items.map { ($0.eventID, .answered($0.verdict)) }, uniquingKeysWith: { first, _ in first })
        } catch {
            guard error.isAboutContent, messages.count > 1 else {
                return Dictionary(messages.map { ($0.eventID, .failed(error)) }, uniquingKeysWith: { first, _ in first })
            }
            let middle = messages.startIndex + messages.count / 2
            let first = await verdicts(on: messages[..<middle])
            return first.merging(await verdicts(on: messages[middle...])) { one, _ in one }
        }
    }

    private func answer(to message: AlertEventMessage, _ verdict: Verdict?) async -> OutboxAnswer {
        switch verdict {
        case .answered(.accepted), .answered(.duplicate): return .done
        case .answered(.outOfOrder): return .postponed(reason: AlertEventAnswer.Verdict.outOfOrder.rawValue)
        case .answered(.closed): return await correlateAnew(message)
        case .failed(let error) where error.isAboutContent: return .refused(reason: error.code ?? error.reason.label)
        case .failed(let error): return .retry(reason: error.reason.label, after: error.retryAfter)
        case nil: return .retry(reason: "no_answer")
        }
    }

    /// The incident ended before it heard of this event: whoever was not told yet opens another one.
    private func correlateAnew(_ message: AlertEventMessage) async -> OutboxAnswer {
        do {
            let decision = try await groups.close(message.incidentID, refusing: message.groupSeq, now: clock.now)
            metrics.closed(decision)
            logger.info(
                "incident had ended",
                metadata: [
                    "incident.id": "\(message.incidentID)", "event.kind": "\(message.kind.rawValue)", "decision": "\(decision.rawValue)",
                ])
            return .done
        } catch {
            logger.warning("group not closed", metadata: ["incident.id": "\(message.incidentID)", "error.message": "\(error)"])
            return .retry(reason: "group_not_closed")
        }
    }
}
