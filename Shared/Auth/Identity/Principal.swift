package import Contracts

/// Who is calling, as far as we proved it.
package struct Principal: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case anonymous
        case user(UserID)
        /// The token's name.
        case apiToken(String)
        case daemon(Peer)
        case integration(IntegrationID)
    }

    package let kind: Kind
    /// Nil means no rights beyond what the route's policy grants to the kind itself.
    package let role: Role?
    package let name: String
    package let email: String?
    package let teams: [String]
    /// The person behind it: the user, or whose API token it is.
    package let userID: UserID?
    /// What tells two API tokens of one name apart: the start of the token's digest, never the token. Nil for everybody else.
    package let tokenID: String?

    package init(
        kind: Kind, role: Role?, name: String, email: String? = nil, teams: [String] = [], owner: UserID? = nil, tokenID: String? = nil
    ) {
        self.kind = kind
        self.role = role
        self.name = name
        self.email = email
        self.teams = teams
        self.tokenID = tokenID
        if case .user(let id) = kind { userID = id } else { userID = owner }
    }

    package static let anonymous = Principal(kind: .anonymous, role: nil, name: "anonymous")

    /// The name for timelines and audit: `alice@example.org`, `token:ci`, `daemon:oncall-service`, `integration:<id>`.
    package var actor: String {
        switch kind {
        case .anonymous: "anonymous"
        case .user: email ?? name
        case .apiToken(let name): "token:\(name)"
        case .daemon(let peer): "daemon:\(peer.rawValue)"
        case .integration(let id): "integration:\(id)"
        }
    }

    /// Stable and unique per principal, for idempotency scopes and rate limits.
    package var scope: String {
        switch kind {
        case .anonymous: "anonymous"
        case .user(let id): "user:\(id)"
        case .apiToken(let name): "token:\(tokenID ?? name)"
        case .daemon(let peer): "daemon:\(peer.rawValue)"
        case .integration(let id): "integration:\(id)"
        }
    }
}
