package import Contracts

/// Who the people are that a step can name without asking OnCall.
package protocol RecipientDirectory: Sendable {
    /// The active admins, in a stable order.
    func admins() async throws -> [Recipient]
    /// Nil for an unknown or disabled user.
    func recipient(_ user: UserID) async throws -> Recipient?
    /// The active accounts of a team, in a stable order.
    func members(of team: String) async throws -> [Recipient]
    /// Whoever is behind these addresses and names, in their order; one nobody knows is a recipient that cannot be reached, unless it is an
    /// address itself.
    func assignees(_ handles: [String]) async throws -> [Recipient]
    /// The IANA zones of those that have an account.
    func timeZones(of users: [UserID]) async throws -> [UserID: String]
}

/// Who is paged when nobody else can be: an address of its own, or all admins.
package enum FallbackContact: Sendable, Hashable {
    case address(String)
    case admins

    /// Reads `mailto:someone@example.org` or an `https:` URL; empty means all admins.
    /// - Returns: nil for anything else.
    package init?(_ text: String) {
        if text.isEmpty {
            self = .admins
        } else if text.hasPrefix("mailto:"), text.contains("@") {
            self = .address(String(text.dropFirst("mailto:".count)))
        } else if text.hasPrefix("https://") {
            self = .address(text)
        } else {
            return nil
        }
    }
}
