/// A query together with what its rows are, so that several can be asked with one wait (``PostgresTransaction/together(_:file:function:)``).
///
/// A store offers one as a static function where others want to ask it beside their own:
///
///     extension RowQuery where Row == Incident {
///         static func locked(_ ids: [IncidentID]) -> Self { Self("SELECT … WHERE id = ANY(\(ids)) ORDER BY id FOR UPDATE") }
///     }
package struct RowQuery<Row: RowDecodable>: Sendable {
    package let sql: SQL

    package init(_ sql: SQL) {
        self.sql = sql
    }

    fileprivate func rows(of result: PostgresResult) throws -> [Row] { try result.rows.map { try Row(row: $0) } }
}

extension PostgresSession {
    package func all<Row: RowDecodable>(
        _ query: RowQuery<Row>, file: String = #fileID, function: String = #function
    ) async throws -> [Row] {
        try query.rows(of: try await run(query.sql, as: StatementName(file: file, function: function)))
    }
}

extension PostgresTransaction {
    /// Runs two queries with one wait, the second as if the first had been answered before: it sees its locks and its changes.
    package func together<First, Second>(
        _ first: RowQuery<First>, _ second: RowQuery<Second>, file: String = #fileID, function: String = #function
    ) async throws -> ([First], [Second]) {
        let results = try await run([first.sql, second.sql], as: StatementName(file: file, function: function))
        return (try first.rows(of: results[0]), try second.rows(of: results[1]))
    }

    /// Runs three queries with one wait, in their order.
    package func together<First, Second, Third>(
        _ first: RowQuery<First>, _ second: RowQuery<Second>, _ third: RowQuery<Third>, file: String = #fileID, function: String = #function
    ) async throws -> ([First], [Second], [Third]) {
        let results = try await run([first.sql, second.sql, third.sql], as: StatementName(file: file, function: function))
        return (try first.rows(of: results[0]), try second.rows(of: results[1]), try third.rows(of: results[2]))
    }
}
