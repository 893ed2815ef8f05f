package import Foundation

/// The one way values of ours become JSON and back: snake_case names, RFC 3339 times in UTC, absent instead of null.
///
/// Swift names with acronyms map as they read: `incidentID` is `incident_id`, `publicURL` is `public_url`. Keys of dictionaries are data and
/// stay as they are, and so do those of a ``JSONValue``.
package enum WireJSON {
    package static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        encoder.keyEncodingStrategy = .custom { path in
            guard let key = path.last else { return WireKey("") }
            if key is JSONValue.DataKey { return key }
            return WireKey(snakeCase(key.stringValue))
        }
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(date.rfc3339)
        }
        return try encoder.encode(value)
    }

    package static func decode<Value: Decodable>(_ type: Value.Type = Value.self, from data: Data) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .custom { path in WireKey(camelCase(path.last?.stringValue ?? "")) }
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            guard let date = Date(rfc3339: try container.decode(String.self)) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an RFC 3339 time")
            }
            return date
        }
        return try decoder.decode(type, from: data)
    }

    package static func encodeText(_ value: some Encodable) throws -> String {
        String(decoding: try encode(value), as: UTF8.self)
    }

    package static func decode<Value: Decodable>(_ type: Value.Type = Value.self, fromText text: String) throws -> Value {
        try decode(type, from: Data(text.utf8))
    }

    /// `incidentID` → `incident_id`: a run of capitals is one word.
    package static func snakeCase(_ name: String) -> String {
        var output = ""
        var previousWasUpper = true
        for scalar in name.unicodeScalars {
            let isUpper = scalar.value >= 65 && scalar.value <= 90
            if isUpper {
                if !previousWasUpper { output += "_" }
                output.unicodeScalars.append(Unicode.Scalar(UInt8(scalar.value + 32)))
            } else {
                output.unicodeScalars.append(scalar)
            }
            previousWasUpper = isUpper
        }
        return output
    }

    private static let acronyms: Set<Substring> = ["id", "ids", "url", "mtta", "mttr"]

    /// `incident_id` → `incidentID`, the inverse of ``snakeCase(_:)`` for the names we use.
    package static func camelCase(_ name: String) -> String {
        guard name.utf8.contains(UInt8(ascii: "_")), name.utf8.first != UInt8(ascii: "_") else { return name }
        let words = name.split(separator: "_")
        guard let first = words.first else { return name }
        return words.dropFirst().reduce(into: String(first)) { output, word in
            if word == "ids" {
                output += "IDs"
            } else if acronyms.contains(word) {
                output += word.uppercased()
            } else {
                output += word.prefix(1).uppercased() + word.dropFirst()
            }
        }
    }
}

private struct WireKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
