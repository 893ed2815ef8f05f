package import Foundation

/// What the store knows about a refresh token somebody presents.
package struct RefreshToken: Sendable, Hashable {
    package let usedAt: Date?
    /// The client that used it.
    package let usedBy: String?
    package let sessionExpiresAt: Date
    package let sessionRevokedAt: Date?
    package let ownerIsActive: Bool

    package init(usedAt: Date?, usedBy: String?, sessionExpiresAt: Date, sessionRevokedAt: Date?, ownerIsActive: Bool) {
        self.usedAt = usedAt
        self.usedBy = usedBy
        self.sessionExpiresAt = sessionExpiresAt
        self.sessionRevokedAt = sessionRevokedAt
        self.ownerIsActive = ownerIsActive
    }

    /// A client whose answer was lost, or that has two tabs open, may use its token again for so long.
    ///
    /// Only from the same network with the same user agent: a thief elsewhere gives himself away at once (RFC 9700 §4.14.2).
    package static let grace: TimeInterval = 10

    /// A used token from another client, or used long ago, has been stolen by one of the two.
    package func decision(for client: String, at now: Date) -> RefreshDecision {
        if sessionRevokedAt != nil { return .revoked }
        if now >= sessionExpiresAt { return .expired }
        if !ownerIsActive { return .disabled }
        guard let usedAt else { return .rotate }
        return usedBy == client && now.timeIntervalSince(usedAt) <= Self.grace ? .rotateAgain : .reused
    }
}

package enum RefreshDecision: String, Sendable, Hashable, CaseIterable {
    case rotate
    /// Within the grace: a sibling is issued and the first one stays good.
    case rotateAgain = "rotate_again"
    case reused, expired, revoked, disabled, unknown
}
