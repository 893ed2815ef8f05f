package import Foundation

/// One thing wrong with a body: where (a JSON pointer, RFC 6901) and what to change.
package struct FieldFault: Codable, Sendable, Hashable {
    package let pointer: String
    package let detail: String

    package init(pointer: String, detail: String) {
        self.pointer = pointer
        self.detail = detail
    }
}

/// Everything wrong with a body, at once; becomes a 422.
package struct InvalidFields: Error, Sendable, Hashable {
    package let faults: [FieldFault]

    package init(_ faults: [FieldFault]) {
        self.faults = faults
    }

    package init(_ pointer: String, _ detail: String) {
        self.init([FieldFault(pointer: pointer, detail: detail)])
    }
}

/// Reads the members of a JSON object that a person or program sent, collecting every fault instead of stopping at the first.
///
/// Each reading function returns a usable value even when it notes a fault; call ``finish()`` before using any of them. With ``finish()``
/// members nobody read are refused too; ``finishLeniently()`` keeps quiet about them (vendor formats).
///
///     var fields = FieldReader(body)
///     let title = fields.text("title", 1...255)
///     let severity = fields.choice("severity", Severity.self) ?? .low
///     try fields.finish()
package struct FieldReader {
    private let object: JSONValue
    private let path: String
    /// In the order of asking; a dozen at most, which an array finds faster than a set.
    private var seen: [String] = []
    package private(set) var faults: [FieldFault] = []

    package init(_ object: JSONValue, at path: String = "") {
        self.object = object
        self.path = path
        if object.members == nil { faults.append(FieldFault(pointer: path, detail: "must be an object")) }
    }

    package func pointer(_ key: String) -> String {
        path + "/" + key.replacingOccurrences(of: "~", with: "~0").replacingOccurrences(of: "/", with: "~1")
    }

    package mutating func fault(_ key: String, _ detail: String) {
        faults.append(FieldFault(pointer: pointer(key), detail: detail))
    }

    /// Takes over the faults of a nested reader.
    package mutating func absorb(_ nested: [FieldFault]) {
        faults += nested
    }

    /// The member as it is; nil when absent or null.
    package mutating func value(_ key: String) -> JSONValue? {
        seen.append(key)
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }

    package func has(_ key: String) -> Bool { object[key] != nil }

    /// A required text, trimmed of white space at both ends, whose length is within `length` in characters as people count them, and at most
    /// that in code points, as PostgreSQL and JSON Schema count.
    package mutating func text(_ key: String, _ length: ClosedRange<Int>) -> String {
        guard let value = value(key) else {
            fault(key, "is required")
            return ""
        }
        return checkedText(key, value, length) ?? ""
    }

    package mutating func optionalText(_ key: String, _ length: ClosedRange<Int>) -> String? {
        guard let value = value(key) else { return nil }
        return checkedText(key, value, length)
    }

    private mutating func checkedText(_ key: String, _ value: JSONValue, _ length: ClosedRange<Int>) -> String? {
        guard case .string(let raw) = value else {
            fault(key, "must be a string")
            return nil
        }
        let text = raw.trimmed
        guard Self.fits(text, length) else {
            fault(key, "must have \(length.lowerBound) to \(length.upperBound) characters")
            return nil
        }
        return text
    }

    /// A character may be made of any number of code points, so both are bounded.
    private static func fits(_ text: String, _ length: ClosedRange<Int>) -> Bool {
        text.hasLength(in: length) && (text.utf8.count <= length.upperBound || text.unicodeScalars.count <= length.upperBound)
    }

    package mutating func optionalInteger(_ key: String, _ range: ClosedRange<Int>) -> Int? {
        guard let value = value(key) else { return nil }
        guard let number = value.integer else {
            fault(key, "must be a whole number")
            return nil
        }
        guard range.contains(number) else {
            fault(key, "must be from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    package mutating func integer(_ key: String, _ range: ClosedRange<Int>) -> Int {
        if value(key) == nil { fault(key, "is required") }
        return optionalInteger(key, range) ?? range.lowerBound
    }

    package mutating func optionalBool(_ key: String) -> Bool? {
        guard let value = value(key) else { return nil }
        guard let flag = value.bool else {
            fault(key, "must be true or false")
            return nil
        }
        return flag
    }

    package mutating func optionalTime(_ key: String) -> Date? {
        guard let value = value(key) else { return nil }
        guard let text = value.string, let date = Date(rfc3339: text) else {
            fault(key, "must be an RFC 3339 time such as 2026-03-08T15:30:00Z")
            return nil
        }
        return date
    }

    package mutating func optionalID<ID: TypedID>(_ key: String, _ type: ID.Type) -> ID? {
        guard let value = value(key) else { return nil }
        guard let text = value.string, let id = ID(text) else {
            fault(key, "must be a UUID")
            return nil
        }
        return id
    }

    package mutating func id<ID: TypedID>(_ key: String, _ type: ID.Type) -> ID? {
        if value(key) == nil { fault(key, "is required") }
        return optionalID(key, type)
    }

    /// One of the enum's raw values, exactly as written.
    package mutating func optionalChoice<Choice: RawRepresentable & CaseIterable>(_ key: String, _ type: Choice.Type) -> Choice?
    where Choice.RawValue == String {
        guard let value = value(key) else { return nil }
        guard let text = value.string, let choice = Choice(rawValue: text) else {
            fault(key, "must be one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
            return nil
        }
        return choice
    }

    package mutating func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, _ type: Choice.Type) -> Choice?
    where Choice.RawValue == String {
        if value(key) == nil { fault(key, "is required") }
        return optionalChoice(key, type)
    }

    /// An object of strings, such as labels; absent is empty.
    package mutating func stringMap(_ key: String, atMost limit: Int, bytes: Int) -> [String: String] {
        guard let value = value(key) else { return [:] }
        guard let members = value.members else {
            fault(key, "must be an object of strings")
            return [:]
        }
        if members.count > limit { fault(key, "must have at most \(limit) members") }
        var map: [String: String] = [:]
        for member in members {
            if case .string(let text) = member.value, text.utf8.count <= bytes, member.key.utf8.count <= bytes {
                map[member.key] = text
            } else {
                faults.append(FieldFault(pointer: pointer(key) + "/" + member.key, detail: "must be a string of at most \(bytes) bytes"))
            }
        }
        return map
    }

    /// The items of an array member; absent is empty.
    package mutating func items(_ key: String, atMost limit: Int) -> [JSONValue] {
        guard let value = value(key) else { return [] }
        guard let items = value.array else {
            fault(key, "must be an array")
            return []
        }
        if items.count > limit { fault(key, "must have at most \(limit) items") }
        return Array(items.prefix(limit))
    }

    package mutating func texts(_ key: String, atMost limit: Int, _ length: ClosedRange<Int>) -> [String] {
        let values = items(key, atMost: limit)
        var texts: [String] = []
        for (index, value) in values.enumerated() {
            if let text = value.string?.trimmed, Self.fits(text, length) {
                texts.append(text)
            } else {
                let detail = "must be a string of \(length.lowerBound) to \(length.upperBound) characters"
                faults.append(FieldFault(pointer: "\(pointer(key))/\(index)", detail: detail))
            }
        }
        return texts
    }

    /// The faults so far, with one for each member nobody asked for.
    package var allFaults: [FieldFault] {
        let unknown = (object.members ?? []).filter { !seen.contains($0.key) }
        return faults + unknown.map { FieldFault(pointer: pointer($0.key), detail: "is not a known field") }
    }

    package func finish() throws(InvalidFields) {
        let all = allFaults
        if !all.isEmpty { throw InvalidFields(all) }
    }

    package func finishLeniently() throws(InvalidFields) {
        if !faults.isEmpty { throw InvalidFields(faults) }
    }
}
