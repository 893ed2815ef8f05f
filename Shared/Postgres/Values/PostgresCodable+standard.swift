import Contracts
package import Foundation

extension String: PostgresTextEncodable, PostgresArrayElement {
    /// Untyped, so that a text binds to `jsonb`, `interval`, `inet` and enum columns too; cast it where the server cannot infer a type.
    package static var postgresType: PostgresType { .unknown }
    package static var postgresArrayType: PostgresType { .textArray }
    package static var postgresElementType: PostgresType { .text }
    package func appendBinary(to array: inout BinaryArray) -> Bool {
        array.append(self)
        return true
    }
    package var postgresText: String { self }
    package static func decode(postgresText text: String?) -> String? { text }
}

extension Substring: PostgresTextEncodable {
    package static var postgresType: PostgresType { .unknown }
    package var postgresText: String { String(self) }
}

/// An `int8`; a function that wants an `int4` takes `Int32`.
extension Int: PostgresTextEncodable, PostgresArrayElement {
    package static var postgresType: PostgresType { .int8 }
    package static var postgresArrayType: PostgresType { .int8Array }
    package func appendBinary(to array: inout BinaryArray) -> Bool { Int64(self).appendBinary(to: &array) }
    package var postgresText: String { String(self) }
    package static func decode(postgresText text: String?) -> Int? { text.flatMap { Int($0) } }
}

extension Int64: PostgresTextEncodable, PostgresArrayElement {
    package static var postgresType: PostgresType { .int8 }
    package static var postgresArrayType: PostgresType { .int8Array }
    package func appendBinary(to array: inout BinaryArray) -> Bool {
        array.append(self)
        return true
    }
    package var postgresText: String { String(self) }
    package static func decode(postgresText text: String?) -> Int64? { text.flatMap { Int64($0) } }
}

extension Int32: PostgresTextEncodable, PostgresArrayElement {
    package static var postgresType: PostgresType { .int4 }
    package static var postgresArrayType: PostgresType { .int4Array }
    package func appendBinary(to array: inout BinaryArray) -> Bool {
        array.append(self)
        return true
    }
    package var postgresText: String { String(self) }
    package static func decode(postgresText text: String?) -> Int32? { text.flatMap { Int32($0) } }
}

extension Bool: PostgresTextEncodable, PostgresArrayElement {
    package static var postgresType: PostgresType { .bool }
    package static var postgresArrayType: PostgresType { .boolArray }
    package func appendBinary(to array: inout BinaryArray) -> Bool {
        array.append(UInt8(self ? 1 : 0))
        return true
    }
    package var postgresText: String { self ? "t" : "f" }
    package static func decode(postgresText text: String?) -> Bool? {
        switch text {
        case "t": true
        case "f": false
        default: nil
        }
    }
}

extension Double: PostgresTextEncodable, PostgresArrayElement {
    package static var postgresType: PostgresType { .float8 }
    package static var postgresArrayType: PostgresType { .float8Array }
    package func appendBinary(to array: inout BinaryArray) -> Bool {
        array.append(bitPattern)
        return true
    }
    package var postgresText: String {
        if isNaN { return "NaN" }
        if isInfinite { return self > 0 ? "Infinity" : "-Infinity" }
        return description
    }
    package static func decode(postgresText text: String?) -> Double? {
        switch text {
        case "NaN": .nan
        case "Infinity": .infinity
        case "-Infinity": -.infinity
        default: text.flatMap { Double($0) }
        }
    }
}

extension UUID: PostgresTextEncodable, PostgresArrayElement {
    package static var postgresType: PostgresType { .uuid }
    package static var postgresArrayType: PostgresType { .uuidArray }
    package func appendBinary(to array: inout BinaryArray) -> Bool {
        withUnsafeBytes(of: uuid) { array.append($0) }
        return true
    }
    package var postgresText: String { text }
    package static func decode(postgresText text: String?) -> UUID? { text.flatMap { UUID(uuidString: $0) } }
}

/// A `timestamptz`, rounded to the microsecond; an instant that PostgreSQL cannot hold is refused by the server as an invalid value.
extension Date: PostgresTextEncodable, PostgresArrayElement {
    package static var postgresType: PostgresType { .timestamptz }
    package static var postgresArrayType: PostgresType { .timestamptzArray }
    package func appendBinary(to array: inout BinaryArray) -> Bool {
        array.append(Timestamp.binary(self))
        return true
    }
    package var postgresText: String { Timestamp.text(self) ?? "unrepresentable" }
    package static func decode(postgresText text: String?) -> Date? { text.flatMap { Timestamp.decode($0) } }
}

extension Data: PostgresTextEncodable, PostgresArrayElement {
    package static var postgresType: PostgresType { .bytea }
    package static var postgresArrayType: PostgresType { .byteaArray }
    package func appendBinary(to array: inout BinaryArray) -> Bool {
        array.append(self)
        return true
    }
    package var postgresText: String { ByteaText.encode(self) }
    package static func decode(postgresText text: String?) -> Data? { text.flatMap { ByteaText.decode($0) } }
}

/// JSON text in a `jsonb` column; PostgreSQL checks it, and gives it back in its own order and spacing.
package struct JSONText: PostgresTextEncodable, PostgresArrayElement, Hashable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package static var postgresType: PostgresType { .jsonb }
    package static var postgresArrayType: PostgresType { .jsonbArray }
    package func appendBinary(to array: inout BinaryArray) -> Bool {
        // The version of the binary form; what follows is the text.
        array.append(UInt8(1))
        array.append(text)
        return true
    }
    package var postgresText: String { text }
    package static func decode(postgresText text: String?) -> JSONText? { text.map { JSONText($0) } }
}
