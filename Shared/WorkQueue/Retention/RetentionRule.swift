import Contracts
package import Foundation
package import Postgres
package import ServiceKit

/// Deletes old rows of a table that cannot be dropped by the month: one with a unique key across time, or one whose rows are changed and joined
/// on the hot path, where each partition would cost every statement a lock and a probe.
package struct RetentionRule: RetentionJob {
    /// Rows of a run: a few milliseconds, so that neither locks nor WAL pile up.
    package static let batch = 1_000

    /// The column that tells the age; the table has an index that begins with it, or some thousand rows at most: `incident.on_call_answer` has one for
    /// each set of targets, `oncall.override` those that people entered.
    package enum Age: Sendable {
        case timestamp(String)
        /// A UUIDv7, whose order is time.
        case version7(String)
    }

    package let table: String
    package let unit = RetentionUnit.rows
    private let age: Age
    private let keep: TimeInterval
    private let span: PartitionSpan?
    private let condition: SQL
    private let database: any PostgresSession

    /// - Parameters:
    ///   - span: only rows from before the span in which the time is over, for those that wait for a partition to be dropped: looking at a month of
    ///     them in vain each time would take longer than a statement may.
    ///   - condition: what else must be true of a row, as `t`, to go: that nothing open or pending needs it.
    package init(
        _ table: String, _ age: Age, keep: TimeInterval, beforeWhole span: PartitionSpan? = nil, where condition: SQL = "true",
        database: any PostgresSession
    ) {
        self.table = table
        self.age = age
        self.keep = keep
        self.span = span
        self.condition = condition
        self.database = database
    }

    package func run(now: Date) async throws -> TickReport {
        let end = now.addingTimeInterval(-keep)
        let oldest = span?.start(of: end) ?? end
        let (column, bound): (String, SQL) =
            switch age {
            case .timestamp(let column): (column, "\(oldest)")
            case .version7(let column): (column, "\(UUID.floor(at: oldest))")
            }
        let removed = try await database.execute(
            """
            DELETE FROM \(unsafeSQL: table) WHERE ctid = ANY (ARRAY(
              SELECT t.ctid FROM \(unsafeSQL: table) t WHERE t.\(unsafeSQL: column) < \(fragment: bound) AND \(fragment: condition)
               ORDER BY t.\(unsafeSQL: column) LIMIT \(unsafeSQL: "\(Self.batch)") FOR UPDATE OF t SKIP LOCKED))
            """)
        return TickReport(handled: removed, more: removed == Self.batch)
    }
}
