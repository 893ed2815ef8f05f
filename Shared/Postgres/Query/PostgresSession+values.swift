/// Answers of one column.
extension PostgresSession {
    /// The first column of the only row; an optional type admits NULL.
    ///
    /// - Throws: ``PostgresError/noRow(_:)`` when there is no row.
    package func value<Value: PostgresDecodable>(
        _ type: Value.Type, _ sql: SQL, file: String = #fileID, function: String = #function
    ) async throws -> Value {
        let name = StatementName(file: file, function: function)
        guard let row = try await run(sql, as: name).firstRow else { throw PostgresError.noRow(name) }
        return try row(row.result.firstColumn)
    }

    package func value<Value: RawRepresentable>(
        _ type: Value.Type, _ sql: SQL, file: String = #fileID, function: String = #function
    ) async throws -> Value where Value.RawValue: PostgresDecodable {
        let name = StatementName(file: file, function: function)
        guard let row = try await run(sql, as: name).firstRow else { throw PostgresError.noRow(name) }
        return try row(row.result.firstColumn)
    }

    /// The first column of the first row, nil when there is no row.
    package func firstValue<Value: PostgresDecodable>(
        _ type: Value.Type, _ sql: SQL, file: String = #fileID, function: String = #function
    ) async throws -> Value? {
        guard let row = try await run(sql, as: StatementName(file: file, function: function)).firstRow else { return nil }
        return try row(row.result.firstColumn, as: Value.self)
    }

    package func firstValue<Value: RawRepresentable>(
        _ type: Value.Type, _ sql: SQL, file: String = #fileID, function: String = #function
    ) async throws -> Value? where Value.RawValue: PostgresDecodable {
        guard let row = try await run(sql, as: StatementName(file: file, function: function)).firstRow else { return nil }
        return try row(row.result.firstColumn, as: Value.self)
    }

    /// The first column of every row.
    package func values<Value: PostgresDecodable>(
        _ type: Value.Type, _ sql: SQL, file: String = #fileID, function: String = #function
    ) async throws -> [Value] {
        let result = try await run(sql, as: StatementName(file: file, function: function))
        return try result.rows.map { try $0(result.firstColumn, as: Value.self) }
    }

    package func values<Value: RawRepresentable>(
        _ type: Value.Type, _ sql: SQL, file: String = #fileID, function: String = #function
    ) async throws -> [Value] where Value.RawValue: PostgresDecodable {
        let result = try await run(sql, as: StatementName(file: file, function: function))
        return try result.rows.map { try $0(result.firstColumn, as: Value.self) }
    }
}
