/// A value that can be bound to a statement with `\(value)`.
///
/// Enums and typed ids need no conformance: whatever is `RawRepresentable` by an encodable raw value binds through it.
package protocol PostgresEncodable: Sendable {
    /// What the server is told a parameter of this type is, also when it is NULL.
    static var postgresType: PostgresType { get }
    var postgresValue: PostgresValue { get }
}

/// A value that is bound as text.
package protocol PostgresTextEncodable: PostgresEncodable {
    /// The text that is sent.
    var postgresText: String { get }
}

extension PostgresTextEncodable {
    package var postgresValue: PostgresValue { PostgresValue(postgresText, type: Self.postgresType) }
}

/// A value that can be read from a column.
package protocol PostgresDecodable: Sendable {
    /// - Parameter text: The column in PostgreSQL's text format, nil for NULL.
    /// - Returns: Nil when the text is not one of this type's values (and for an unexpected NULL).
    static func decode(postgresText text: String?) -> Self?
}

/// A value that can be an element of an array parameter, the columns of a batch given to `unnest`.
package protocol PostgresArrayElement: PostgresEncodable, PostgresDecodable {
    static var postgresArrayType: PostgresType { get }
    /// What the array says its elements are.
    static var postgresElementType: PostgresType { get }
    /// Appends PostgreSQL's binary form of the value.
    /// - Returns: False, and nothing appended, for NULL.
    func appendBinary(to array: inout BinaryArray) -> Bool
}

extension PostgresArrayElement {
    package static var postgresElementType: PostgresType { postgresType }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    package static var postgresType: PostgresType { Wrapped.postgresType }
    package var postgresValue: PostgresValue { self?.postgresValue ?? PostgresValue(nil, type: Self.postgresType) }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    package static func decode(postgresText text: String?) -> Wrapped?? {
        guard let text else { return .some(.none) }
        guard let value = Wrapped.decode(postgresText: text) else { return .none }
        return .some(value)
    }
}

extension Optional: PostgresArrayElement where Wrapped: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { Wrapped.postgresArrayType }
    package static var postgresElementType: PostgresType { Wrapped.postgresElementType }
    package func appendBinary(to array: inout BinaryArray) -> Bool { self?.appendBinary(to: &array) ?? false }
}

extension Array: PostgresEncodable where Element: PostgresArrayElement {
    package static var postgresType: PostgresType { Element.postgresArrayType }
    package var postgresValue: PostgresValue { PostgresValue(BinaryArray(self), type: Self.postgresType) }
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
    package static func decode(postgresText text: String?) -> [Element]? {
        guard let text, let elements = ArrayLiteral.decode(text) else { return nil }
        var values: [Element] = []
        values.reserveCapacity(elements.count)
        for element in elements {
            guard let value = Element.decode(postgresText: element) else { return nil }
            values.append(value)
        }
        return values
    }
}
