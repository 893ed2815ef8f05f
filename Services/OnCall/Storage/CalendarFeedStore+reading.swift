package import Auth
package import Foundation
import Postgres
package import WorkQueue

/// Reading feeds when they are due: each by one replica.
extension CalendarFeedStore {
    /// A feed that is due, under a lease.
    package struct Claimed: Sendable {
        package let lease: Lease
        package let feed: DueCalendarFeed
    }

    private static let queue = LeasedTable(
        "oncall.calendar_feed", keyType: .uuid, due: "next_read_at", returning: DueCalendarFeed.columns)

    /// What is due; a feed that took its reader down three times, or lies in a zone that this machine does not know, waits a day each time.
    package func claim(now: Date, limit: Int, worker: String) async throws -> (due: [Claimed], more: Bool) {
        let claim = try await Self.queue.claim(lane, now: now, limit: limit, worker: worker)
        for poisoned in claim.poisoned {
            try await setAside(poisoned.lease, problem: "reader_died", now: now)
        }
        var due: [Claimed] = []
        for row in claim.rows {
            do {
                due.append(Claimed(lease: row.lease, feed: try DueCalendarFeed(row: row.row)))
            } catch is UnreadableFeed {
                try await setAside(row.lease, problem: UnreadableFeed.problem, now: now)
            }
        }
        return (due, claim.more)
    }

    private func setAside(_ lease: Lease, problem: String, now: Date) async throws {
        try await Self.queue.settle(
            lane, lease,
            set: """
                failures = failures + 1, failing_since = coalesce(failing_since, \(now)), last_error = \(problem),
                next_read_at = \(now.addingTimeInterval(CalendarFeed.uploadInterval))
                """)
    }

    /// What an answer of the other side said of itself.
    package struct Validators: Sendable, Hashable {
        package let etag: String?
        package let lastModified: String?

        package init(etag: String?, lastModified: String?) {
            self.etag = etag
            self.lastModified = lastModified
        }
    }

    /// Puts what was read in the place of what was known; nothing is written when the lease was lost.
    ///
    /// - Parameters:
    ///   - listing: nil where nothing has changed and nothing was listed anew.
    ///   - resealed: the URL under the current key, where it was under an older one.
    package func succeeded(
        _ claimed: Claimed, _ listing: Listing?, _ validators: Validators, resealed: SealedSecret?, now: Date, nextReadAt: Date
    ) async throws {
        try await lane.transaction { tx in
            let held = try await Self.queue.settle(
                tx, claimed.lease,
                set: """
                    read_at = \(now), next_read_at = \(nextReadAt), failures = 0, failing_since = NULL, last_error = NULL,
                    etag = \(validators.etag), last_modified = \(validators.lastModified),
                    content = coalesce(\(listing?.content), content), skipped = coalesce(\(listing?.skipped)::int, skipped),
                    listed_at = coalesce(\(listing == nil ? nil : now)::timestamptz, listed_at),
                    sealed_url = coalesce(\(resealed?.box)::bytea, sealed_url), url_key_id = coalesce(\(resealed?.keyID), url_key_id)
                    """)
            if held, let listing { try await Self.replace(listing, of: claimed.feed, now: now, in: tx) }
        }
    }

    /// Writes down why not, and when again; what was known stays.
    package func failed(_ claimed: Claimed, problem: String, now: Date, nextReadAt: Date) async throws {
        try await Self.queue.settle(
            lane, claimed.lease,
            set: """
                next_read_at = \(nextReadAt), failures = failures + 1, failing_since = coalesce(failing_since, \(now)), last_error = \(problem)
                """)
    }
}
