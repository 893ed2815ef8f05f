package import Foundation

/// A message for another daemon, written in the transaction that makes it true.
package struct OutboxMessage: Sendable {
    /// The name of an ``OutboxDestination``: 1 to 64 bytes.
    package let destination: String
    /// Unique within the destination while the message waits, and the receiver's means of telling a repetition.
    package let messageID: UUID
    /// Messages of one key reach one destination one at a time in the order they were added; nil where order does not matter.
    ///
    /// "Added" is the order of commit only when the caller holds a lock that belongs to the key, such as the row of its incident.
    package let orderingKey: String?
    /// JSON of 1 byte to 1 MB.
    package let body: String
    /// From then on it is not sent but buried, and the destination hears of it.
    package let expiresAt: Date?

    package init(destination: String, messageID: UUID, orderingKey: String? = nil, body: String, expiresAt: Date? = nil) {
        self.destination = destination
        self.messageID = messageID
        self.orderingKey = orderingKey
        self.body = body
        self.expiresAt = expiresAt
    }
}
