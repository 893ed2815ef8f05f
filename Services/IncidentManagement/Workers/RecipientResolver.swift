package import Contracts
package import Foundation
package import Logging

/// Finds the people a step names: on-call targets by asking OnCall, the others in our own directory, and the fallback when nobody answers.
package struct RecipientResolver: Sendable {
    package typealias Ask = @Sendable (EscalateQuestion) async throws -> EscalateAnswer

    private let ask: Ask
    private let answers: OnCallAnswerStore
    private let remembered: RememberedAnswers
    private let directory: any RecipientDirectory
    private let fallback: FallbackContact
    private let logger: Logger

    package init(
        ask: @escaping Ask, answers: OnCallAnswerStore, directory: any RecipientDirectory, fallback: FallbackContact, logger: Logger
    ) {
        self.ask = ask
        self.answers = answers
        self.remembered = RememberedAnswers()
        self.directory = directory
        self.fallback = fallback
        self.logger = logger
    }

    /// The people for one firing of one incident.
    ///
    /// A level that resolves to nobody is empty, unless it is the last chance of a round that reached nobody; then it is the fallback.
    package func people(
        for incident: Incident, at position: EscalationDecision.Position, now: Date
    ) async throws -> Resolution {
        let escalation = incident.escalation
        let targets = escalation.policy.steps[position.step].targets.compactMap { $0.resolved(team: incident.team) }
        var resolution = Resolution()
        for target in targets {
            switch target {
            case .admins: resolution.recipients += try await directory.admins()
            case .user(let id): resolution.recipients += [try await directory.recipient(id)].compactMap(\.self)
            case .onCall: break
            }
        }
        let onCall = targets.filter(\.isOnCall)
        if !onCall.isEmpty {
            try await addOnCall(onCall, of: incident, at: position, now: now, to: &resolution)
        }
        if resolution.recipients.isEmpty, escalation.needsFallback(at: position) {
            resolution.recipients = try await fallbackRecipients()
            resolution.isFallback = true
        }
        return resolution
    }

    package func fallbackRecipients() async throws -> [Recipient] {
        switch fallback {
        case .address(let address): [Recipient(userID: nil, name: "fallback contact", email: address, role: "fallback", reason: "fallback")]
        case .admins: try await directory.admins()
        }
    }

    private func addOnCall(
        _ targets: [EscalationTarget], of incident: Incident, at position: EscalationDecision.Position, now: Date,
        to resolution: inout Resolution
    ) async throws {
        let key = targets.map(\.key).sorted().joined(separator: ",")
        do {
            let answer = try await ask(
                EscalateQuestion(
                    firingID: .make(at: now), incidentID: incident.id, epoch: incident.escalation.epoch, step: position.step,
                    round: position.round, targets: targets, at: now
                )
            )
            try await add(answer.recipients, of: incident, now: now, to: &resolution)
            if await remembered.isNew(answer, for: key) { try await answers.remember(answer, for: key, at: now) }
        } catch {
            logger.warning("on-call cannot be asked", metadata: ["incident.id": "\(incident.id)", "error.message": "\(error)"])
            let last = try await answers.last(for: key, at: now)
            resolution.entries.append(
                TimelineEntry(
                    incidentID: incident.id, at: now, kind: .onCallUnreachable, actor: StepOutcome.engineActor,
                    details: ["used": last == nil ? "fallback" : "last_answer"]
                )
            )
            if let last {
                try await add(last, of: incident, now: now, to: &resolution)
            } else {
                resolution.recipients += try await fallbackRecipients()
                resolution.isFallback = true
            }
        }
    }
}

extension RecipientResolver {
    /// Whoever has neither account nor address, or left, is kept on the record and paged through the fallback (architecture §4.1).
    private func add(_ found: [Recipient], of incident: Incident, now: Date, to resolution: inout Resolution) async throws {
        let lost = found.filter { !$0.isReachable }
        resolution.recipients += found.filter(\.isReachable)
        guard !lost.isEmpty else { return }
        resolution.entries += lost.map { member in
            TimelineEntry(
                incidentID: incident.id, at: now, kind: .memberUnreachable, actor: StepOutcome.engineActor,
                details: ["member": member.name, "role": member.role, "reason": member.reason])
        }
        resolution.isFallback = resolution.recipients.isEmpty
        resolution.recipients += try await fallbackRecipients()
    }
}

/// What was stored last for each target, so that an unchanged answer costs no write.
private actor RememberedAnswers {
    /// More targets than a large organisation has teams and roles; beyond it everything is forgotten once.
    private static let limit = 10_000
    private var answers: [String: EscalateAnswer] = [:]

    func isNew(_ answer: EscalateAnswer, for key: String) -> Bool {
        if answers[key] == answer { return false }
        if answers.count >= Self.limit { answers.removeAll() }
        answers[key] = answer
        return true
    }
}

extension EscalationTarget {
    fileprivate var isOnCall: Bool {
        if case .onCall = self { return true }
        return false
    }

    fileprivate var key: String {
        switch self {
        case .onCall(let team, let role): "\(team)/\(role.rawValue)"
        case .user(let id): "user/\(id)"
        case .admins: "admins"
        }
    }
}
