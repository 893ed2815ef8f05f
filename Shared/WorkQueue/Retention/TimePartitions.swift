import Contracts
package import Foundation
package import Postgres

/// The partitions of a table by time: made ahead, dropped when they are old. What none of them takes goes to `<table>_default`.
package struct TimePartitions: Sendable {
    /// What the table is partitioned by.
    package enum Key: Sendable {
        case timestamp(String)
        /// A UUIDv7, whose order is time, so that the id alone can stay the primary key.
        case version7(String)
    }

    package let table: String
    private let key: Key
    private let span: PartitionSpan
    private let ahead: Int
    private let isNeeded: (@Sendable (_ from: SQL, _ to: SQL) -> SQL)?
    private let lane: PostgresLane

    /// - Parameters:
    ///   - ahead: spans made beyond the present one, so that some time without the worker harms nothing.
    ///   - isNeeded: a condition that is true while something open or pending needs rows between the bounds; that partition stays.
    package init(
        _ table: String, by key: Key, span: PartitionSpan, ahead: Int, lane: PostgresLane,
        unless isNeeded: (@Sendable (_ from: SQL, _ to: SQL) -> SQL)? = nil
    ) {
        self.table = table
        self.key = key
        self.span = span
        self.ahead = ahead
        self.isNeeded = isNeeded
        self.lane = lane
    }

    /// Makes the partitions of the present span and those to come. A span that has rows in the default partition already stays there.
    /// - Returns: how many were missing and made.
    package func makeAhead(now: Date) async throws -> Int {
        let existing = Set(try await starts())
        let missing = (0...ahead).map { span.start(of: now, offset: $0) }.filter { !existing.contains($0) }
        var made = 0
        for start in missing where try await make(start) { made += 1 }
        return made
    }

    private func make(_ start: Date) async throws -> Bool {
        let end = span.start(of: start, offset: 1)
        return try await lane.transaction { tx in
            try await lock(tx)
            let isTaken = try await tx.value(
                Bool.self,
                """
                SELECT EXISTS (SELECT FROM \(unsafeSQL: table)_default
                                WHERE \(unsafeSQL: column) >= \(fragment: bound(start)) AND \(unsafeSQL: column) < \(fragment: bound(end)))
                """)
            if isTaken { return false }
            try await tx.execute(
                """
                CREATE TABLE IF NOT EXISTS \(unsafeSQL: name(of: start)) PARTITION OF \(unsafeSQL: table)
                   FOR VALUES FROM ('\(unsafeSQL: literal(start))') TO ('\(unsafeSQL: literal(end))')
                """)
            return true
        }
    }

    /// Drops the partitions of spans that ended before `date`.
    /// - Returns: how many went.
    package func drop(before date: Date) async throws -> Int {
        var dropped = 0
        for start in try await starts() where span.start(of: start, offset: 1) <= date {
            if try await drop(start) { dropped += 1 }
        }
        return dropped
    }

    private func drop(_ start: Date) async throws -> Bool {
        let (from, to) = (bound(start), bound(span.start(of: start, offset: 1)))
        return try await lane.transaction { tx in
            try await lock(tx)
            if let isNeeded, try await tx.value(Bool.self, "SELECT \(fragment: isNeeded(from, to))") { return false }
            try await tx.execute("DROP TABLE IF EXISTS \(unsafeSQL: name(of: start))")
            return true
        }
    }

    /// The beginnings of the spans that have a partition, the oldest first.
    package func starts() async throws -> [Date] {
        let names = try await lane.values(
            String.self,
            """
            SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
             WHERE i.inhparent = \(table)::text::regclass ORDER BY c.relname
            """)
        let prefix = table.split(separator: ".").last.map { $0 + "_" } ?? ""
        return names.compactMap { name in name.hasPrefix(prefix) ? span.start(named: name.dropFirst(prefix.count)) : nil }
    }

    /// One replica at a time changes the partitions of a table.
    private func lock(_ tx: PostgresTransaction) async throws {
        try await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended(\("tocsin partitions " + table)::text, 0))")
    }

    private func name(of start: Date) -> String { "\(table)_\(span.name(of: start))" }

    private var column: String {
        switch key {
        case .timestamp(let column), .version7(let column): column
        }
    }

    private func bound(_ date: Date) -> SQL {
        switch key {
        case .timestamp: "\(date)"
        case .version7: "\(UUID.floor(at: date))"
        }
    }

    private func literal(_ date: Date) -> String {
        switch key {
        case .timestamp: date.rfc3339
        case .version7: UUID.floor(at: date).uuidString
        }
    }
}
