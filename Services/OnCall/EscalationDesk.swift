import Contracts
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

/// Answers who is to be paged and keeps a record of every answer.
struct EscalationDesk: Sendable {
    let memory: OnCallMemory
    let escalations: EscalationStore
    let accounts: AccountDirectory
    let metrics: OnCallMetrics
    let clock: any Clock

    /// The engine's question; the answer given first is given again, also when two replicas are asked at once.
    func answer(_ question: EscalateQuestion, askedBy: String) async throws -> EscalateAnswer {
        if let given = try await escalations.answer(to: question) { return given }
        let teams = EscalationResolver.teams(of: question.targets)
        let boards = try await memory.boards(teams, at: question.at)
        let answer = await named(EscalationResolver(boards: boards).answer(question.targets, at: question.at))
        let record = EscalationRecord(
            id: .make(at: question.at), teams: teams, incident: question.incidentID.description,
            firing: .init(id: question.firingID, epoch: question.epoch, step: question.step, round: question.round),
            answer: answer, reason: nil, askedBy: askedBy, at: question.at
        )
        if try await escalations.keep(record) { count(teams, boards) }
        return try await escalations.answer(to: question) ?? answer
    }

    /// A person's question: always a record of its own, also for a team nobody knows.
    func escalate(
        _ wish: EscalationWish, once: Repeatable<EscalationRecord>?, _ change: Change
    ) async throws -> Performed<EscalationRecord> {
        let boards = try await memory.boards([wish.team], at: change.at)
        let resolver = EscalationResolver(boards: boards)
        let roles = wish.role.map { [$0] } ?? [.secondary, .primary]
        let answers = roles.map { resolver.answer([.onCall(team: wish.team, role: $0)], at: change.at) }
        let answer = answers.first { !$0.recipients.isEmpty } ?? answers[0]
        let record = EscalationRecord(
            id: .make(at: change.at), teams: [wish.team], incident: wish.incident, firing: nil, answer: await named(answer),
            reason: wish.reason, askedBy: change.actor, at: change.at
        )
        let performed = try await escalations.keep(record, once: once, now: change.at)
        if case .done = performed { count([wish.team], boards) }
        return performed
    }

    private func named(_ answer: EscalateAnswer) async -> EscalateAnswer {
        let users = await accounts.users(answer.recipients.map(\.handle), now: clock.now)
        return EscalateAnswer(
            recipients: answer.recipients.map { $0.known(as: users[$0.handle]) }, scheduleVersion: answer.scheduleVersion,
            validUntil: answer.validUntil
        )
    }

    private func count(_ teams: [String], _ boards: [String: Board]) {
        for team in teams { metrics.escalation(boards[team] == nil ? nil : team) }
    }
}
