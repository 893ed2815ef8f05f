package import Contracts
package import Foundation

package struct ContactMethodID: TypedID {
    package let rawValue: UUID
    package init(rawValue: UUID) { self.rawValue = rawValue }
}

/// One way to reach one person: a mailbox, or a URL that takes Standard Webhooks.
package struct ContactMethod: Sendable, Hashable {
    /// Methods one person may have: more is a mistake or an attack, and every page would carry it.
    package static let limit = 10
    /// Bytes of an address: the longest mailbox (RFC 5321 §4.5.3.1) is 254, a URL gets what common servers take.
    package static let addressLimit = 2_000

    package let id: ContactMethodID
    package let userID: UserID
    package let kind: ChannelKind
    package let address: String
    package let label: String?
    package let isEnabled: Bool
    package let createdAt: Date

    package init(
        id: ContactMethodID, userID: UserID, kind: ChannelKind, address: String, label: String? = nil, isEnabled: Bool = true,
        createdAt: Date
    ) {
        self.id = id
        self.userID = userID
        self.kind = kind
        self.address = address
        self.label = label
        self.isEnabled = isEnabled
        self.createdAt = createdAt
    }
}
