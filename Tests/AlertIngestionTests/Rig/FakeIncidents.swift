import AlertIngestion
import Auth
import Contracts
import Foundation
import ServiceClients
import Synchronization

/// IncidentManagement as far as this daemon knows it: takes events in order, once, until somebody resolves the incident; and knows one API token per
/// role.
final class FakeIncidents: IncidentGateway {
    fileprivate struct State {
        var events: [AlertEventMessage] = []
        var seen: Set<AlertEventID> = []
        var lastSeq: [IncidentID: Int] = [:]
        var ended: Set<IncidentID> = []
        var failure: ClientError?
        var calls = 0
        var outOfOrder = 0
        var refused: Set<AlertEventID> = []
    }

    private let tokens = Dictionary(uniqueKeysWithValues: Role.allCases.map { ($0, APIToken.make(kind: .api)) })
    private let state = Mutex(State())

    func token(_ role: Role) -> String? { tokens[role]?.text.reveal() }

    /// What was taken in, in order.
    var events: [AlertEventMessage] { state.withLock { $0.events } }
    var calls: Int { state.withLock { $0.calls } }
    var outOfOrder: Int { state.withLock { $0.outOfOrder } }

    /// - Returns: the last event it had taken in.
    @discardableResult
    func end(_ incident: IncidentID) -> Int {
        state.withLock { state in
            state.ended.insert(incident)
            return state.lastSeq[incident] ?? 0
        }
    }
    /// A person takes the end back: what this daemon is told of it.
    func reopen(_ incident: IncidentID, at now: Date) -> IncidentReopened {
        state.withLock { state in
            state.ended.remove(incident)
            let seq = AlertEventMessage.nextSeries(after: state.lastSeq[incident] ?? 0)
            state.lastSeq[incident] = seq
            return IncidentReopened(incidentID: incident, groupSeq: seq, reopenedAt: now)
        }
    }
    func fail(with error: ClientError?) { state.withLock { $0.failure = error } }
    /// From then on a batch with this event is a 422.
    func refuse(_ event: AlertEventID) { state.withLock { _ = $0.refused.insert(event) } }

    func deliver(_ batch: AlertEventBatch) async throws(ClientError) -> AlertEventAnswers {
        let outcome: Result<[AlertEventAnswer], ClientError> = state.withLock { state in
            state.calls += 1
            if let failure = state.failure { return .failure(failure) }
            if batch.items.contains(where: { state.refused.contains($0.eventID) }) { return .failure(ClientError(.refused(status: 422))) }
            return .success(batch.items.map { AlertEventAnswer(eventID: $0.eventID, verdict: state.take($0)) })
        }
        return AlertEventAnswers(items: try outcome.get())
    }

    func standing(of question: StandingQuestion) async throws -> Standing {
        guard let role = tokens.first(where: { $0.value.digest == question.subject })?.key else { return .none }
        return Standing(role: role, name: role.rawValue)
    }

    func jwks() async throws -> String { #"{"keys":[]}"# }
}

extension FakeIncidents.State {
    fileprivate mutating func take(_ event: AlertEventMessage) -> AlertEventAnswer.Verdict {
        if seen.contains(event.eventID) || event.groupSeq <= lastSeq[event.incidentID] ?? 0 { return .duplicate }
        if ended.contains(event.incidentID) { return .closed }
        guard event.groupSeq == (lastSeq[event.incidentID] ?? 0) + 1 else {
            outOfOrder += 1
            return .outOfOrder
        }
        lastSeq[event.incidentID] = event.groupSeq
        seen.insert(event.eventID)
        events.append(event)
        if event.kind == .resolve { ended.insert(event.incidentID) }
        return .accepted
    }
}
