/// A statement whose interpolations are bound, never pasted.
///
/// ```swift
/// let statement: SQL = "SELECT id FROM oncall.schedule WHERE team = \(team) AND version = ANY(\(versions))"
/// ```
/// `\(value)` becomes a parameter; `\(fragment: other)` splices another statement with its parameters; `\(unsafeSQL: text)` pastes text, for names
/// that come from the code itself and never from outside.
package struct SQL: Sendable, ExpressibleByStringInterpolation {
    /// Text around the parameters: always one piece more than there are parameters.
    private(set) var pieces: [String]
    private(set) var binds: [PostgresValue]

    package init(stringLiteral text: String) {
        pieces = [text]
        binds = []
    }

    package init(stringInterpolation: StringInterpolation) {
        pieces = stringInterpolation.pieces
        binds = stringInterpolation.binds
    }

    init(pieces: [String], binds: [PostgresValue]) {
        self.pieces = pieces
        self.binds = binds
    }

    /// The statement with `$1`, `$2`, …: what is prepared, and what `DB_ECHO` logs. It never holds a bound value.
    package var text: String {
        guard pieces.count > 1 else { return pieces[0] }
        var text = pieces[0]
        for index in 1..<pieces.count {
            text += "$\(index)"
            text += pieces[index]
        }
        return text
    }

    /// The statements one after another, as `["a = \(x)", "b = \(y)"].joined(" AND ")`.
    package static func joined(_ parts: [SQL], separator: SQL) -> SQL {
        var result: SQL = ""
        for (index, part) in parts.enumerated() {
            if index > 0 { result.append(separator) }
            result.append(part)
        }
        return result
    }

    package mutating func append(_ other: SQL) {
        SQL.splice(other, pieces: &pieces, binds: &binds)
    }

    fileprivate static func splice(_ other: SQL, pieces: inout [String], binds: inout [PostgresValue]) {
        pieces[pieces.count - 1] += other.pieces[0]
        pieces.append(contentsOf: other.pieces.dropFirst())
        binds.append(contentsOf: other.binds)
    }
}

extension Array where Element == SQL {
    /// The parts one after another with their parameters: `conditions.joined(" AND ")`.
    package func joined(_ separator: SQL) -> SQL {
        SQL.joined(self, separator: separator)
    }
}

extension SQL {
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var pieces: [String] = [""]
        fileprivate var binds: [PostgresValue] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            pieces.reserveCapacity(interpolationCount + 1)
            binds.reserveCapacity(interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) {
            pieces[pieces.count - 1] += literal
        }

        /// Binds a value.
        package mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value) {
            bind(value.postgresValue)
        }

        /// Binds a value or NULL. Said for optionals by name, because the compiler takes one for a mistake in an interpolation that does not.
        package mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
            bind(value.postgresValue)
        }

        /// Binds an enum or a typed id by its raw value.
        package mutating func appendInterpolation<Value: RawRepresentable>(_ value: Value) where Value.RawValue: PostgresEncodable {
            bind(value.rawValue.postgresValue)
        }

        package mutating func appendInterpolation<Value: RawRepresentable>(_ value: Value?) where Value.RawValue: PostgresEncodable {
            bind((value?.rawValue).postgresValue)
        }

        package mutating func appendInterpolation<Value: RawRepresentable>(_ values: [Value]) where Value.RawValue: PostgresArrayElement {
            bind(values.map(\.rawValue).postgresValue)
        }

        package mutating func appendInterpolation<Value: RawRepresentable>(_ values: [Value?]) where Value.RawValue: PostgresArrayElement {
            bind(values.map { $0?.rawValue }.postgresValue)
        }

        /// Splices another statement together with its parameters.
        package mutating func appendInterpolation(fragment: SQL) {
            SQL.splice(fragment, pieces: &pieces, binds: &binds)
        }

        /// Pastes text as it is; only for text that is part of the program, such as a table's name.
        package mutating func appendInterpolation(unsafeSQL text: String) {
            pieces[pieces.count - 1] += text
        }

        private mutating func bind(_ value: PostgresValue) {
            binds.append(value)
            pieces.append("")
        }
    }
}
