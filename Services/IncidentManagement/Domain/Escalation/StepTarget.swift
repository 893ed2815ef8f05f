package import Contracts

/// Whom a step names; a team that is nil is the incident's.
package enum StepTarget: Sendable, Hashable {
    case onCall(OnCallRole, team: String? = nil)
    /// Everybody on call by a team's schedule, whatever the role.
    case schedule(String)
    case user(UserID)
    /// Every active account of the team.
    case team(String?)
    case assignees
    case admins
    /// An address nobody's rules apply to.
    case channel(ChannelKind, address: String)
    case webhook(String)

    /// The channels an address can be given for.
    package static let addressable: [ChannelKind] = [.email, .webhook]

    package enum Kind: String, Codable, Sendable, CaseIterable {
        case onCall = "on_call"
        case schedule, user, team, assignees, admins, channel, webhook
    }

    /// The questions it means to OnCall; none for what IncidentManagement knows itself, and for a team nobody named.
    package func questions(team: String?) -> [EscalationTarget] {
        switch self {
        case .onCall(let role, let own): (own ?? team).map { [.onCall(team: $0, role: role)] } ?? []
        case .schedule(let schedule): OnCallRole.allCases.map { .onCall(team: schedule, role: $0) }
        case .user, .team, .assignees, .admins, .channel, .webhook: []
        }
    }

    /// Whom it leads to without asking anybody: an address of its own.
    package var address: Recipient? {
        switch self {
        case .channel(let kind, let address):
            Recipient(userID: nil, name: address, email: address, role: "channel", reason: kind.rawValue)
        case .webhook(let url): Recipient(userID: nil, name: url, email: url, role: "webhook", reason: "policy")
        case .onCall, .schedule, .user, .team, .assignees, .admins: nil
        }
    }

    /// The only channel by which it can be reached; nil where the person's rules decide.
    package var ownChannels: [ChannelKind]? {
        switch self {
        case .channel(let kind, _): [kind]
        case .webhook: [.webhook]
        case .onCall, .schedule, .user, .team, .assignees, .admins: nil
        }
    }
}

extension StepTarget: Codable {
    private enum CodingKeys: String, CodingKey { case type, role, team, schedule, userID, channel, address, url }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(Kind.self, forKey: .type) {
        case .onCall:
            self = .onCall(
                try container.decode(OnCallRole.self, forKey: .role), team: try container.decodeIfPresent(String.self, forKey: .team)
            )
        case .schedule: self = .schedule(try container.decode(String.self, forKey: .schedule))
        case .user: self = .user(try container.decode(UserID.self, forKey: .userID))
        case .team: self = .team(try container.decodeIfPresent(String.self, forKey: .team))
        case .assignees: self = .assignees
        case .admins: self = .admins
        case .channel:
            self = .channel(
                try container.decode(ChannelKind.self, forKey: .channel), address: try container.decode(String.self, forKey: .address)
            )
        case .webhook: self = .webhook(try container.decode(String.self, forKey: .url))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .type)
        switch self {
        case .onCall(let role, let team):
            try container.encode(role, forKey: .role)
            try container.encodeIfPresent(team, forKey: .team)
        case .schedule(let schedule): try container.encode(schedule, forKey: .schedule)
        case .user(let id): try container.encode(id, forKey: .userID)
        case .team(let team): try container.encodeIfPresent(team, forKey: .team)
        case .assignees, .admins: break
        case .channel(let channel, let address):
            try container.encode(channel, forKey: .channel)
            try container.encode(address, forKey: .address)
        case .webhook(let url): try container.encode(url, forKey: .url)
        }
    }

    private var kind: Kind {
        switch self {
        case .onCall: .onCall
        case .schedule: .schedule
        case .user: .user
        case .team: .team
        case .assignees: .assignees
        case .admins: .admins
        case .channel: .channel
        case .webhook: .webhook
        }
    }
}
