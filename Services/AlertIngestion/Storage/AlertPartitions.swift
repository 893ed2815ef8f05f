import Contracts
package import Foundation
package import Postgres

/// The days of `alerting.alert`: made ahead, dropped when they are old.
package struct AlertPartitions: Sendable {
    /// Days made ahead, so that a week without this worker harms nothing.
    static let daysAhead = 7
    private static let day: TimeInterval = 86_400
    /// Any constant of ours: one replica at a time changes partitions.
    private static let lock: Int64 = 0x7463_616C_6572_74

    private let lane: PostgresLane

    package init(_ lane: PostgresLane) { self.lane = lane }

    /// Makes the partitions of today and the days to come.
    /// - Returns: how many were missing.
    package func makeAhead(now: Date) async throws -> Int {
        let days = (0...Self.daysAhead).map { Self.midnight(of: now).addingTimeInterval(Double($0) * Self.day) }
        let existing = Set(try await names())
        let missing = days.filter { !existing.contains(Self.name(of: $0)) }
        for day in missing {
            try await lane.transaction { tx in
                try await tx.execute("SELECT pg_advisory_xact_lock(\(Self.lock))")
                let (from, to) = (UUID.floor(at: day), UUID.floor(at: day.addingTimeInterval(Self.day)))
                try await tx.execute(
                    """
                    CREATE TABLE IF NOT EXISTS alerting.\(unsafeSQL: Self.name(of: day)) PARTITION OF alerting.alert
                       FOR VALUES FROM ('\(unsafeSQL: from.uuidString)') TO ('\(unsafeSQL: to.uuidString)')
                    """)
            }
        }
        return missing.count
    }

    /// Drops the partitions of days that ended before `date`.
    /// - Returns: how many there were.
    package func drop(before date: Date) async throws -> Int {
        let last = Self.name(of: Self.midnight(of: date).addingTimeInterval(-Self.day))
        let old = try await names().filter { $0 <= last }
        for name in old {
            try await lane.transaction { tx in
                try await tx.execute("SELECT pg_advisory_xact_lock(\(Self.lock))")
                try await tx.execute("DROP TABLE IF EXISTS alerting.\(unsafeSQL: name)")
            }
        }
        return old.count
    }

    /// The partitions of days, the oldest first.
    package func names() async throws -> [String] {
        let names = try await lane.values(
            String.self,
            """
            SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
             WHERE i.inhparent = 'alerting.alert'::regclass ORDER BY c.relname
            """)
        return names.filter { name in
            name.hasPrefix("alert_2") && name.utf8.count == 14 && name.dropFirst(6).utf8.allSatisfy { (48...57).contains($0) }
        }
    }

    private static func midnight(of date: Date) -> Date {
        Date(timeIntervalSince1970: (date.timeIntervalSince1970 / day).rounded(.down) * day)
    }

    /// `alert_20260308`.
    static func name(of day: Date) -> String {
        "alert_" + day.rfc3339.prefix(10).replacing("-", with: "")
    }
}
