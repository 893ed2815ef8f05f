package import Contracts
package import Foundation

package struct NotificationRuleID: TypedID {
    package let rawValue: UUID
    package init(rawValue: UUID) { self.rawValue = rawValue }
}

/// A person's wish: reach me by this channel, so many minutes after the page.
package struct NotificationRule: Sendable, Hashable {
    /// Rules one person may have.
    package static let limit = 20
    /// The longest delay: past an hour the escalation has long gone on to somebody else.
    package static let delays = 0...60

    package let id: NotificationRuleID
    package let userID: UserID
    package let channel: ChannelKind
    package let delayMinutes: Int
    package let createdAt: Date

    package init(id: NotificationRuleID, userID: UserID, channel: ChannelKind, delayMinutes: Int, createdAt: Date) {
        self.id = id
        self.userID = userID
        self.channel = channel
        self.delayMinutes = delayMinutes
        self.createdAt = createdAt
    }
}
