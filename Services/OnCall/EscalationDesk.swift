package import Contracts
import Foundation
import ServiceKit

/// A person's wish to escalate an incident to a team.
struct EscalationWish: Sendable {
    let team: String
    let incident: String
    /// Nil asks for the secondary and, when there is none, for the primary: the first line already has it.
    let role: OnCallRole?
    let reason: String?
}

/// Pages people about an incident: IncidentManagement's client.
package protocol EscalationOrderTaker: Sendable {
    func escalate(_ order: EscalationOrder) async throws -> EscalationOrderAnswer
}

/// What became of a person's wish to have somebody paged.
enum EscalationPaging: Sendable, Hashable {
    case answered(EscalationOrderAnswer.Verdict)
    case nobodyOnCall
    /// IncidentManagement could not be asked: nobody may have been paged.
    case unanswered

    var isPaged: Bool { self == .answered(.paged) }

    /// For the person who asked.
    var sentence: String? {
        switch self {
        case .answered(.paged), .nobodyOnCall: nil
        case .answered(.notOpen): "Nobody was paged: the incident is not open."
        case .answered(.unknownIncident): "Nobody was paged: there is no such incident."
        case .answered(.nobodyReachable): "Nobody was paged: there is neither an account nor an address."
        case .unanswered: "Nobody may have been paged, incident-management did not answer: telephone."
        }
    }
}

/// Answers who is to be paged and keeps a record of every answer.
struct EscalationDesk: Sendable {
    let orders: any EscalationOrderTaker
    let memory: OnCallMemory
    let escalations: EscalationStore
    let accounts: AccountDirectory
    let unreadable: UnreadableTeams
    let metrics: OnCallMetrics
    let clock: any Clock

    /// The engine's question; the answer given first is given again, also when two replicas are asked at once. A preview is answered
    /// anew each time and leaves no record.
    ///
    /// A team whose schedule cannot be read here costs the others nothing: their people are answered, and beside them somebody for it whom
    /// nothing leads to, so that the engine pages the fallback too.
    /// - Throws: ``UnreadableSchedule`` when nobody was found and a schedule could not be read: the engine then has its last answer.
    func answer(_ question: EscalateQuestion, askedBy: String) async throws -> EscalateAnswer {
        let isPreview = question.isPreview ?? false
        let teams = EscalationResolver.teams(of: question.targets)
        let known = unreadable.noted(try await memory.known(teams, at: question.at))
        let found = EscalationResolver(boards: known.boards).answer(question.targets, at: question.at)
        guard known.unreadable.isEmpty || !found.recipients.isEmpty else { throw UnreadableSchedule() }
        let answer = await named(found, beside: EscalationResolver.unread(question.targets, of: known.unreadable))
        if isPreview { return answer }
        let record = EscalationRecord(
            id: .make(at: question.at), teams: teams, incident: question.incidentID.description,
            firing: .init(id: question.firingID, epoch: question.epoch, step: question.step, round: question.round),
            answer: answer, reason: nil, askedBy: askedBy, at: question.at
        )
        guard let kept = try await escalations.keep(record) else { return try await escalations.answer(to: question) ?? answer }
        count(teams, known.boards)
        return kept
    }

    /// A person's wish: always a record of its own, also for a team nobody knows; IncidentManagement pages whoever was found.
    ///
    /// A repeated request is told what its first was, and pages again: the first may have ended before it did, and IncidentManagement takes an
    /// order once.
    func escalate(
        _ wish: EscalationWish, once: Repeatable<EscalationRecord>?, _ change: Change
    ) async throws -> (record: EscalationRecord, paging: EscalationPaging, isReplay: Bool) {
        let boards = try await memory.boards([wish.team], at: change.at)
        let resolver = EscalationResolver(boards: boards)
        let roles = wish.role.map { [$0] } ?? [.secondary, .primary]
        let answers = roles.map { resolver.answer([.onCall(team: wish.team, role: $0)], at: change.at) }
        let answer = answers.first { !$0.recipients.isEmpty } ?? answers[0]
        let record = EscalationRecord(
            id: .make(at: change.at), teams: [wish.team], incident: wish.incident, firing: nil, answer: await named(answer),
            reason: wish.reason, askedBy: change.actor, at: change.at
        )
        switch try await escalations.keep(record, once: once, now: change.at) {
        case .done(let record):
            count([wish.team], boards)
            return (record, await page(record), false)
        case .replay(_, let body):
            let first = try await escalations.record(try WireJSON.decode(KeptEscalation.self, fromText: body).escalationID)
            return (first, await page(first), true)
        }
    }

    /// The record stands whatever becomes of the pages: whoever asked reads it and can telephone.
    private func page(_ record: EscalationRecord) async -> EscalationPaging {
        guard !record.answer.recipients.isEmpty else { return .nobodyOnCall }
        let order = EscalationOrder(
            escalationID: record.id, incident: record.incident, recipients: record.answer.recipients, reason: record.reason,
            actor: record.askedBy
        )
        do {
            return .answered(try await orders.escalate(order).verdict)
        } catch {
            return .unanswered
        }
    }

    private func named(_ answer: EscalateAnswer, beside unread: [Recipient] = []) async -> EscalateAnswer {
        let users = await accounts.users(answer.recipients.map(\.handle), now: clock.now)
        return EscalateAnswer(
            recipients: answer.recipients.map { $0.known(as: users[$0.handle]) } + unread, scheduleVersion: answer.scheduleVersion,
            validUntil: answer.validUntil
        )
    }

    private func count(_ teams: [String], _ boards: [String: Board]) {
        for team in teams { metrics.escalation(boards[team] == nil ? nil : team) }
    }
}

/// What of a kept answer names its record.
private struct KeptEscalation: Decodable {
    let escalationID: EscalationID
}
