package import Contracts
package import Foundation
package import Logging
import ServiceClients

/// Gathers what a step is decided on: asks OnCall for its people, our own directory for the others, and has the fallback at hand.
package struct RecipientResolver: Sendable {
    package typealias Ask = @Sendable (EscalateQuestion) async throws -> EscalateAnswer

    private let ask: Ask
    private let answers: OnCallAnswerStore
    private let directory: any RecipientDirectory
    private let fallback: FallbackContact
    private let logger: Logger

    package init(
        ask: @escaping Ask, answers: OnCallAnswerStore, directory: any RecipientDirectory, fallback: FallbackContact, logger: Logger
    ) {
        self.ask = ask
        self.answers = answers
        self.directory = directory
        self.fallback = fallback
        self.logger = logger
    }

    /// Whether OnCall is to settle and record who is paged, or only to say who it would be.
    package enum Purpose: Sendable, Equatable {
        case firing
        case preview
    }

    /// Adds the people of a step to what is known about it.
    ///
    /// - Parameter reach: once OnCall was found to be away, its last answer counts without asking again.
    package func people(
        for incident: Incident, at position: EscalationDecision.Position, _ planner: StepPlanner, for purpose: Purpose,
        into facts: StepFacts, reach: OnCallReach, now: Date
    ) async throws -> StepFacts {
        var facts = facts
        for target in planner.knownTargets { facts.known[target] = try await known(target, incident) }
        let questions = planner.questions
        if !questions.isEmpty {
            let question = EscalateQuestion(
                firingID: .make(at: now), incidentID: incident.id, epoch: incident.escalation.epoch, step: position.step,
                round: position.round, targets: questions, at: now, isPreview: purpose == .preview ? true : nil
            )
            facts.include(try await onCall(question, incident, reach, now: now))
        }
        if planner.asksForDaytime {
            let people = facts.onCall + facts.known.values.flatMap(\.self)
            facts.timeZones = try await directory.timeZones(of: people.compactMap(\.userID))
        }
        if planner.replaces(facts), facts.fallback.isEmpty { facts.fallback = try await fallbackRecipients() }
        return facts
    }

    package func fallbackRecipients() async throws -> [Recipient] {
        switch fallback {
        case .address(let address): [Recipient(userID: nil, name: "fallback contact", email: address, role: "fallback", reason: "fallback")]
        case .admins: try await directory.admins()
        }
    }

    private func known(_ target: StepTarget, _ incident: Incident) async throws -> [Recipient] {
        switch target {
        case .admins: try await directory.admins()
        case .user(let id): [try await directory.recipient(id)].compactMap(\.self)
        case .team(let team):
            if let team = team ?? incident.team { try await directory.members(of: team) } else { [] }
        case .assignees: incident.assignees.isEmpty ? [] : try await directory.assignees(incident.assignees)
        case .onCall, .schedule, .channel, .webhook: []
        }
    }

    private func onCall(
        _ question: EscalateQuestion, _ incident: Incident, _ reach: OnCallReach, now: Date
    ) async throws -> OnCallFacts {
        let key = question.targets.map(\.key).sorted().joined(separator: ",")
        guard !reach.isLost else { return try await lastAnswer(for: key, at: now) }
        do {
            let answer = try await ask(question)
            return OnCallFacts(
                people: answer.recipients, source: .asked, until: answer.validUntil,
                heard: question.isPreview == true ? nil : HeardAnswer(answer, for: key))
        } catch {
            logger.warning("on-call cannot be asked", metadata: ["incident.id": "\(incident.id)", "error.message": "\(error)"])
            if let error = error as? ClientError { reach.note(error) }
            return try await lastAnswer(for: key, at: now)
        }
    }

    private func lastAnswer(for key: String, at now: Date) async throws -> OnCallFacts {
        guard let last = try await answers.last(for: key, at: now) else { return OnCallFacts(people: [], source: .unreachable) }
        return OnCallFacts(people: last, source: .lastAnswer)
    }
}

/// What became of the question to OnCall.
private struct OnCallFacts {
    let people: [Recipient]
    let source: StepFacts.OnCallSource
    var until: Date?
    var heard: HeardAnswer?
}

extension StepFacts {
    fileprivate mutating func include(_ found: OnCallFacts) {
        onCall = found.people
        onCallSource = found.source
        onCallUntil = found.until
        heard = found.heard
    }
}

extension EscalationTarget {
    fileprivate var key: String {
        switch self {
        case .onCall(let team, let role): "\(team)/\(role.rawValue)"
        case .user(let id): "user/\(id)"
        case .admins: "admins"
        }
    }
}
