/// One row of an answer, read by column name: `let id: IncidentID = try row("id")`.
package struct PostgresRow: Sendable {
    let result: PostgresResult
    let index: Int

    /// Reads a column; make the type optional where NULL is a legal answer.
    ///
    /// - Throws: ``PostgresError`` of kind `decoding` when there is no such column, or its value is not of the type.
    package func callAsFunction<Value: PostgresDecodable>(_ column: String, as type: Value.Type = Value.self) throws -> Value {
        let text = try text(column)
        guard let value = Value.decode(postgresText: text) else { throw PostgresError.decoding(column, Value.self, text) }
        return value
    }

    package func callAsFunction<Value: RawRepresentable>(_ column: String, as type: Value.Type = Value.self) throws -> Value
    where Value.RawValue: PostgresDecodable {
        let raw: Value.RawValue = try self(column)
        guard let value = Value(rawValue: raw) else { throw PostgresError.decoding(column, Value.self, try text(column)) }
        return value
    }

    package func callAsFunction<Value: RawRepresentable>(_ column: String, as type: Value?.Type = Value?.self) throws -> Value?
    where Value.RawValue: PostgresDecodable {
        let raw: Value.RawValue? = try self(column)
        guard let raw else { return nil }
        guard let value = Value(rawValue: raw) else { throw PostgresError.decoding(column, Value.self, try text(column)) }
        return value
    }

    package func callAsFunction<Value: RawRepresentable>(_ column: String, as type: [Value].Type = [Value].self) throws -> [Value]
    where Value.RawValue: PostgresArrayElement {
        let raws: [Value.RawValue] = try self(column)
        return try raws.map { raw in
            guard let value = Value(rawValue: raw) else { throw PostgresError.decoding(column, Value.self, try text(column)) }
            return value
        }
    }

    private func text(_ column: String) throws -> String? {
        guard let position = result.columns[column] else { throw PostgresError.noColumn(column) }
        return result.text(row: index, column: position)
    }
}

/// A value made of one row, in one place: `init(row:)` beside the store.
package protocol RowDecodable: Sendable {
    init(row: PostgresRow) throws
}
