package import Foundation
import Postgres

/// Work to be put into a ``JobQueue``.
package struct NewJob: Sendable {
    package let lane: String
    package let kind: String
    /// At most one waiting job of a key; a second one is not added.
    package let key: String?
    /// JSON of 1 to 65,536 bytes; never a secret, never a rendered page (reliability §4.5).
    package let payload: String
    package let runAt: Date
    package let expiresAt: Date?

    package init(lane: String, kind: String, key: String? = nil, payload: String = "{}", runAt: Date, expiresAt: Date? = nil) {
        self.lane = lane
        self.kind = kind
        self.key = key
        self.payload = payload
        self.runAt = runAt
        self.expiresAt = expiresAt
    }
}

/// A job leased to a worker.
package struct Job: Sendable, Identifiable {
    package let id: Int64
    package let lease: Lease
    package let lane: String
    package let kind: String
    package let payload: String
    package let createdAt: Date
    package let expiresAt: Date?

    static let columns = "id, lane, kind, payload, created_at, expires_at"

    init(_ leased: LeasedRow) throws {
        id = try leased.row("id")
        lease = leased.lease
        lane = try leased.row("lane")
        kind = try leased.row("kind")
        payload = try leased.row("payload")
        createdAt = try leased.row("created_at")
        expiresAt = try leased.row("expires_at")
    }
}

/// What a claim of jobs brought.
package struct JobClaim: Sendable {
    package let jobs: [Job]
    /// Whether more may be due.
    package let more: Bool
}
