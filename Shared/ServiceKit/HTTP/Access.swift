package import Auth
package import Contracts

/// Who may call a route; there is no route without one.
package enum Access: Sendable, Hashable {
    /// Anybody. Credentials are not even looked at.
    case open
    /// Any person or token with a role.
    case signedIn
    /// That role or a higher one.
    case role(Role)
    /// Another daemon of the suite, by its own token; no person and no other token.
    case daemon
    /// A sender of alerts: an integration's key, or a responder.
    case integration

    enum Verdict: Sendable, Hashable {
        case admitted
        /// Not anybody we know, or the wrong kind of credential altogether.
        case unknown
        /// Known, and not allowed.
        case refused
    }

    package func admits(_ principal: Principal) -> Bool { verdict(on: principal) == .admitted }

    func verdict(on principal: Principal) -> Verdict {
        switch (self, principal.kind) {
        case (.open, _): .admitted
        case (_, .anonymous): .unknown
        case (.daemon, .daemon): .admitted
        case (.daemon, _): .refused
        case (.integration, .integration): .admitted
        case (.integration, .user), (.integration, .apiToken): has(.responder, principal)
        case (.signedIn, .user), (.signedIn, .apiToken): has(.viewer, principal)
        case (.role(let role), .user), (.role(let role), .apiToken): has(role, principal)
        case (.signedIn, .daemon), (.role, .daemon), (.integration, .daemon): .refused
        case (.signedIn, .integration), (.role, .integration): .refused
        }
    }

    private func has(_ role: Role, _ principal: Principal) -> Verdict {
        guard let own = principal.role else { return .refused }
        return own >= role ? .admitted : .refused
    }
}
