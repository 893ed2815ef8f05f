/// Something statements can be run on: a lane of the pool, or a transaction.
package protocol PostgresSession: Sendable {
    /// Runs one statement; stores use `query`, `execute`, `all`, `first`, `one` and `value` instead.
    func run(_ sql: SQL, as name: StatementName) async throws -> PostgresResult
}

extension PostgresSession {
    package func query(_ sql: SQL, file: String = #fileID, function: String = #function) async throws -> [PostgresRow] {
        try await run(sql, as: StatementName(file: file, function: function)).rows
    }

    /// - Returns: The number of rows the statement inserted, changed or deleted.
    @discardableResult
    package func execute(_ sql: SQL, file: String = #fileID, function: String = #function) async throws -> Int {
        try await run(sql, as: StatementName(file: file, function: function)).affectedRows
    }

    package func all<Value: RowDecodable>(
        _ type: Value.Type, _ sql: SQL, file: String = #fileID, function: String = #function
    ) async throws -> [Value] {
        try await run(sql, as: StatementName(file: file, function: function)).rows.map { try Value(row: $0) }
    }

    package func first<Value: RowDecodable>(
        _ type: Value.Type, _ sql: SQL, file: String = #fileID, function: String = #function
    ) async throws -> Value? {
        try await run(sql, as: StatementName(file: file, function: function)).firstRow.map { try Value(row: $0) }
    }

    /// - Throws: ``PostgresError/noRow(_:)`` when there is none.
    package func one<Value: RowDecodable>(
        _ type: Value.Type, _ sql: SQL, file: String = #fileID, function: String = #function
    ) async throws -> Value {
        let name = StatementName(file: file, function: function)
        guard let row = try await run(sql, as: name).firstRow else { throw PostgresError.noRow(name) }
        return try Value(row: row)
    }
}
