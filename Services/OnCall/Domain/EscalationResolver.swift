package import Contracts
package import Foundation

/// Answers whom a step pages: a pure function of boards and instant, so that the same question has the same answer anywhere.
package struct EscalationResolver: Sendable {
    private let boards: [String: Board]

    /// - Parameter boards: by team; a team without one has nobody on call.
    package init(boards: [String: Board]) {
        self.boards = boards
    }

    /// No answer is promised for longer: within this time even a schedule changed meanwhile is asked again.
    package static let longestValidity: TimeInterval = 3600

    /// Everybody who covers an on-call target, in the order of the targets, nobody twice and no shadows; users and admins are
    /// IncidentManagement's to resolve and left out.
    package func answer(_ targets: [EscalationTarget], at instant: Date) -> EscalateAnswer {
        var recipients: [Recipient] = []
        var validUntil = instant.addingTimeInterval(Self.longestValidity)
        var version = 0
        for case .onCall(let team, let role) in targets {
            guard let board = boards[team] else { continue }
            let span = board.duty(role, at: instant)
            validUntil = min(validUntil, span.end ?? validUntil)
            version = max(version, board.schedule.version)
            for person in span.duty.acting where !recipients.contains(where: { $0.isSame(as: person.member) }) {
                recipients.append(Recipient(person.member, role: role, reason: person.reason.word))
            }
        }
        return EscalateAnswer(recipients: recipients, scheduleVersion: version, validUntil: validUntil)
    }

    /// One for each target whose team's schedule cannot be read, with neither account nor address: whoever it is, the engine pages the fallback
    /// in their place, beside whoever was found.
    package static func unread(_ targets: [EscalationTarget], of teams: Set<String>) -> [Recipient] {
        var unread: [Recipient] = []
        for case .onCall(let team, let role) in targets where teams.contains(team) {
            let somebody = Recipient(
                userID: nil, name: "whoever is on call for \(team)", email: "", role: role.rawValue, reason: "schedule_unreadable")
            if !unread.contains(somebody) { unread.append(somebody) }
        }
        return unread
    }

    /// The teams a question asks about, each once.
    package static func teams(of targets: [EscalationTarget]) -> [String] {
        var teams: [String] = []
        for case .onCall(let team, _) in targets where !teams.contains(team) { teams.append(team) }
        return teams
    }
}

extension Recipient {
    fileprivate init(_ member: Member, role: OnCallRole, reason: String) {
        self.init(userID: nil, name: member.name, email: member.email ?? "", role: role.rawValue, reason: reason)
    }

    fileprivate func isSame(as member: Member) -> Bool {
        name == member.name && email == member.email ?? ""
    }

    /// By which IncidentManagement finds the account.
    package var handle: String { email.isEmpty ? name : email }

    /// This recipient with the account behind it, when there is one.
    ///
    /// A disabled account is somebody who left: neither id nor address, so that the engine pages the fallback in their place, never them, and
    /// never silence.
    package func known(as user: KnownUser?) -> Recipient {
        guard let user else { return self }
        guard user.isActive else { return Recipient(userID: nil, name: name, email: "", role: role, reason: "account_disabled") }
        return Recipient(userID: user.id, name: name, email: email.isEmpty ? user.email : email, role: role, reason: reason)
    }
}
