package import Contracts

/// Who the people are that a step can name without asking OnCall.
package protocol RecipientDirectory: Sendable {
    /// The active admins, in a stable order.
    func admins() async throws -> [Recipient]
    /// Nil for an unknown or disabled user.
    func recipient(_ user: UserID) async throws -> Recipient?
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
