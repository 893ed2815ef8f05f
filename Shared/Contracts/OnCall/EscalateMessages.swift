package import Foundation

/// The engine's question to OnCall: whom to page for this step, now?
///
/// Idempotent by (incident, epoch, step, round): the answer given first is the answer.
package struct EscalateQuestion: Codable, Sendable, Hashable {
    package let firingID: FiringID
    package let incidentID: IncidentID
    package let epoch: Int
    package let step: Int
    package let round: Int
    package let targets: [EscalationTarget]
    package let at: Date
    /// True asks who it would be: nothing is recorded, and the answer binds nobody. Nil is false, so that older programs are understood.
    package let isPreview: Bool?

    package init(
        firingID: FiringID, incidentID: IncidentID, epoch: Int, step: Int, round: Int, targets: [EscalationTarget], at: Date,
        isPreview: Bool? = nil
    ) {
        self.firingID = firingID
        self.incidentID = incidentID
        self.epoch = epoch
        self.step = step
        self.round = round
        self.targets = targets
        self.at = at
        self.isPreview = isPreview
    }
}

/// Whom a step pages. OnCall resolves the on-call kinds; IncidentManagement resolves users and admins itself.
package enum EscalationTarget: Codable, Sendable, Hashable {
    case onCall(team: String, role: OnCallRole)
    case user(UserID)
    case admins

    private enum CodingKeys: String, CodingKey { case type, team, role, user }
    private enum Kind: String, Codable { case onCall = "on_call", user, admins }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(Kind.self, forKey: .type) {
        case .onCall:
            self = .onCall(
                team: try container.decode(String.self, forKey: .team), role: try container.decode(OnCallRole.self, forKey: .role)
            )
        case .user: self = .user(try container.decode(UserID.self, forKey: .user))
        case .admins: self = .admins
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .onCall(let team, let role):
            try container.encode(Kind.onCall, forKey: .type)
            try container.encode(team, forKey: .team)
            try container.encode(role, forKey: .role)
        case .user(let id):
            try container.encode(Kind.user, forKey: .type)
            try container.encode(id, forKey: .user)
        case .admins:
            try container.encode(Kind.admins, forKey: .type)
        }
    }
}

package enum OnCallRole: String, Codable, Sendable, CaseIterable {
    case primary, secondary
}

package struct EscalateAnswer: Codable, Sendable, Hashable {
    /// Empty when nobody is on call for the targets.
    package let recipients: [Recipient]
    package let scheduleVersion: Int
    /// Until when this answer holds if no schedule changes: the next hand-off, at most an hour ahead.
    package let validUntil: Date

    package init(recipients: [Recipient], scheduleVersion: Int, validUntil: Date) {
        self.recipients = recipients
        self.scheduleVersion = scheduleVersion
        self.validUntil = validUntil
    }
}

/// A person to page, and why that person.
package struct Recipient: Codable, Sendable, Hashable {
    package let userID: UserID?
    package let name: String
    /// Empty when there is none; the https URL of `FALLBACK_CONTACT` where that is one.
    package let email: String
    package let role: String
    /// Such as `rotation`, `override`, `admin`, `fallback`.
    package let reason: String

    package init(userID: UserID?, name: String, email: String, role: String, reason: String) {
        self.userID = userID
        self.name = name
        self.email = email
        self.role = role
        self.reason = reason
    }

    /// Whether a page to this person could leave at all.
    package var isReachable: Bool { userID != nil || !email.isEmpty }
}
