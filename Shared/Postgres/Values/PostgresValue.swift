/// One bound parameter: what PostgreSQL is sent, and the type it is told.
///
/// Single values go as text, which is exact for every type here and readable in a packet trace; arrays go in binary, see ``BinaryArray``.
package struct PostgresValue: Sendable {
    package enum Content: Sendable {
        case null
        case text(String)
        case array(BinaryArray)
    }

    /// The parameter's type, or ``PostgresType/unknown`` to let the server infer it from the statement.
    package let type: PostgresType
    package let content: Content

    package init(_ text: String?, type: PostgresType) {
        content = text.map(Content.text) ?? .null
        self.type = type
    }

    package init(_ array: BinaryArray, type: PostgresType) {
        content = .array(array)
        self.type = type
    }
}

/// A type of PostgreSQL by its OID, which is fixed for built-in types (`pg_type.dat`).
package struct PostgresType: RawRepresentable, Sendable, Hashable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let unknown = PostgresType(rawValue: 0)
    package static let bool = PostgresType(rawValue: 16)
    package static let bytea = PostgresType(rawValue: 17)
    package static let int8 = PostgresType(rawValue: 20)
    package static let int4 = PostgresType(rawValue: 23)
    package static let text = PostgresType(rawValue: 25)
    package static let float8 = PostgresType(rawValue: 701)
    package static let timestamptz = PostgresType(rawValue: 1184)
    package static let uuid = PostgresType(rawValue: 2950)
    package static let jsonb = PostgresType(rawValue: 3802)

    package static let boolArray = PostgresType(rawValue: 1000)
    package static let byteaArray = PostgresType(rawValue: 1001)
    package static let int4Array = PostgresType(rawValue: 1007)
    package static let textArray = PostgresType(rawValue: 1009)
    package static let int8Array = PostgresType(rawValue: 1016)
    package static let float8Array = PostgresType(rawValue: 1022)
    package static let timestamptzArray = PostgresType(rawValue: 1185)
    package static let uuidArray = PostgresType(rawValue: 2951)
    package static let jsonbArray = PostgresType(rawValue: 3807)
}
