package import Foundation

/// The right to work on one row until a time, with the fence that proves it.
///
/// The fence comes from a sequence and is new with every claim, so whoever lost the lease cannot write any more: each fenced operation matches
/// `(key, fence)` and a lease that has not been given up. An expired lease that nobody claimed since is still good.
package struct Lease: Sendable, Hashable {
    /// Losses in a row after which a row is poisoned (reliability QUE-5).
    package static let crashLimit = 3
    /// How long a claim lasts unless the caller says otherwise (reliability QUE-4): three provider deadlines.
    package static let usual: Duration = .seconds(30)

    /// The row's key as text, whatever its type in the table.
    package let key: String
    package let fence: Int64
    /// Claims of this row so far, this one included; a hand-back takes one off.
    package let attempts: Int
    /// Leases lost in a row: claims that ended neither in a settle nor in a recorded retry. A retry sets it back to 0.
    package let crashes: Int
    package let until: Date

    package init(key: String, fence: Int64, attempts: Int, crashes: Int = 0, until: Date) {
        self.key = key
        self.fence = fence
        self.attempts = attempts
        self.crashes = crashes
        self.until = until
    }

    /// Whether the row has taken its worker down ``crashLimit`` times and must not be tried again.
    package var isPoisoned: Bool { crashes >= Self.crashLimit }

    /// Whether `span` of the lease is left at `now`; look before a call that takes as long (reliability QUE-4).
    package func lasts(_ span: Duration, at now: Date) -> Bool {
        until >= now.adding(span)
    }
}
