package import Foundation

/// A JSON document as it came: members keep their order and numbers their digits.
///
/// Made by ServiceKit's gate, which has already refused duplicate keys, NUL, excessive depth and size; `Formats/` parsers and ``FieldReader``
/// read it.
package enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    /// The number's text, unrounded.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Member])

    package struct Member: Sendable, Hashable {
        package let key: String
        package let value: JSONValue

        package init(_ key: String, _ value: JSONValue) {
            self.key = key
            self.value = value
        }
    }
}

extension JSONValue {
    /// The member of that name, or nil when this is no object or has none.
    package subscript(_ key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
    }

    package var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    package var array: [JSONValue]? {
        guard case .array(let items) = self else { return nil }
        return items
    }

    package var members: [Member]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    /// Also of `37.0`, which is a whole number to JSON Schema and to clients that know no other.
    package var integer: Int? {
        guard case .number(let text) = self else { return nil }
        let parts = text.split(separator: ".", maxSplits: 1)
        guard parts.count == 2 else { return Int(text) }
        return parts[1].allSatisfy { $0 == "0" } ? Int(parts[0]) : nil
    }

    package var bool: Bool? {
        guard case .bool(let flag) = self else { return nil }
        return flag
    }

    package var isNull: Bool { self == .null }

    /// What a person would read for this value: a string without quotes, anything else as compact JSON.
    package var text: String {
        if case .string(let text) = self { return text }
        return serialized
    }
}

extension JSONValue {
    /// Reads an answer of a daemon with its keys as they are; `WireJSON` would make Swift names of them.
    ///
    /// What strangers send goes through ServiceKit's gate instead, which this is not.
    package init(parsing data: Data) throws {
        self = try JSONDecoder().decode(JSONValue.self, from: data)
    }
}

extension JSONValue: Codable {
    /// A member's name: somebody's data, and no name of ours.
    struct DataKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    package init(from decoder: any Decoder) throws {
        if let container = try? decoder.container(keyedBy: DataKey.self) {
            self = .object(
                try container.allKeys.sorted { $0.stringValue < $1.stringValue }
                    .map { Member($0.stringValue, try container.decode(JSONValue.self, forKey: $0)) }
            )
        } else if var container = try? decoder.unkeyedContainer() {
            var items: [JSONValue] = []
            while !container.isAtEnd { items.append(try container.decode(JSONValue.self)) }
            self = .array(items)
        } else {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .null
            } else if let flag = try? container.decode(Bool.self) {
                self = .bool(flag)
            } else if let text = try? container.decode(String.self) {
                self = .string(text)
            } else {
                self = .number(try container.decode(Decimal.self).description)
            }
        }
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .object(let members):
            var container = encoder.container(keyedBy: DataKey.self)
            for member in members { try container.encode(member.value, forKey: DataKey(stringValue: member.key)) }
        case .array(let items):
            var container = encoder.unkeyedContainer()
            for item in items { try container.encode(item) }
        case .string(let text):
            var container = encoder.singleValueContainer()
            try container.encode(text)
        case .number(let text):
            var container = encoder.singleValueContainer()
            if let whole = Int(text) {
                try container.encode(whole)
            } else if let decimal = Decimal(string: text), decimal.isFinite {
                try container.encode(decimal)
            } else {
                // Beyond a decimal's range; ServiceKit's gate lets nothing in that is beyond a double's.
                try container.encode(Double(text) ?? 0)
            }
        case .bool(let flag):
            var container = encoder.singleValueContainer()
            try container.encode(flag)
        case .null:
            var container = encoder.singleValueContainer()
            try container.encodeNil()
        }
    }
}
