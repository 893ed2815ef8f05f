package import Foundation
import Postgres

/// A message on its way to its destination.
package struct OutboxItem: Sendable, Hashable {
    package let messageID: UUID
    package let orderingKey: String?
    package let body: String
    /// Deliveries begun, this one included.
    package let attempts: Int
    package let createdAt: Date
    package let expiresAt: Date?

    static let columns = "message_id, ordering_key, body, created_at, expires_at"

    package init(messageID: UUID, orderingKey: String?, body: String, attempts: Int, createdAt: Date, expiresAt: Date? = nil) {
        self.messageID = messageID
        self.orderingKey = orderingKey
        self.body = body
        self.attempts = attempts
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }

    init(_ message: OutboxMessage, attempts: Int, createdAt: Date) {
        self.init(
            messageID: message.messageID, orderingKey: message.orderingKey, body: message.body, attempts: attempts, createdAt: createdAt,
            expiresAt: message.expiresAt)
    }

    init(_ leased: LeasedRow) throws {
        messageID = try leased.row("message_id")
        orderingKey = try leased.row("ordering_key")
        body = try leased.row("body")
        attempts = leased.lease.attempts
        createdAt = try leased.row("created_at")
        expiresAt = try leased.row("expires_at")
    }

    func isExpired(at now: Date) -> Bool {
        expiresAt.map { $0 <= now } ?? false
    }
}
