package import Foundation

/// What of time a calendar shows.
///
/// Its bounds are midnights (UTC), so that a calendar read twice a day without a change is the same byte for byte.
package struct FeedWindow: Sendable, Hashable {
    /// Shifts that begin before that instant and end after ``opens`` are shown.
    package let closes: Date
    package let opens: Date

    private static let day: TimeInterval = 86_400
    /// What people look back to: last month.
    private static let past = 31 * day
    private static let future = 366 * day
    /// So far beyond both bounds the shifts there are followed to their own bounds; longer turns are rare.
    private static let reach = 92 * day

    package init(at now: Date) {
        let midnight = Date(timeIntervalSince1970: (now.timeIntervalSince1970 / Self.day).rounded(.down) * Self.day)
        opens = midnight.addingTimeInterval(-Self.past)
        closes = midnight.addingTimeInterval(Self.future)
    }

    /// When the day of `now` begins in UTC.
    package var today: Date { closes.addingTimeInterval(-Self.future) }

    /// What has to be looked at to know where those shifts begin and end.
    package var range: Range<Date> { opens.addingTimeInterval(-Self.reach)..<closes.addingTimeInterval(Self.reach) }

    package func shows(_ stretch: Stretch) -> Bool { stretch.starts < closes && stretch.ends > opens }
}
