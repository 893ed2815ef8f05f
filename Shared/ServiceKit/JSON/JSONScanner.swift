import Contracts

/// Reads one document from memory that outlives it. Errors carry a pointer that grows on the way out, so that success pays nothing for it.
struct JSONScanner {
    let bytes: UnsafeRawBufferPointer
    let limits: JSONLimits
    var position = 0
    private var depth = 0
    private var tokens = 0
    /// Where a string with escapes is put together; kept, so that a document full of them allocates once.
    var unescaped: [UInt8] = []

    init(_ bytes: UnsafeRawBufferPointer, _ limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    func fault(_ detail: String, at offset: Int? = nil) -> JSONFault {
        JSONFault(offset: offset ?? position, detail: detail)
    }

    mutating func document() throws(JSONFault) -> JSONValue {
        try refuseByteOrderMark()
        skipWhitespace()
        guard position < bytes.count else { throw fault("The document is empty.") }
        let value = try value()
        skipWhitespace()
        guard position == bytes.count else { throw fault("Nothing may follow the document.") }
        return value
    }

    private func refuseByteOrderMark() throws(JSONFault) {
        guard let first = bytes.first else { return }
        let isUTF8Mark = first == 0xEF && bytes.count >= 3 && bytes[1] == 0xBB && bytes[2] == 0xBF
        guard !isUTF8Mark, first != 0xFE, first != 0xFF else { throw fault("The document must be UTF-8 without a byte order mark.") }
    }

    private mutating func skipWhitespace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func countToken() throws(JSONFault) {
        tokens += 1
        guard tokens <= limits.tokens else { throw fault("The document has more than \(limits.tokens) values and keys.") }
    }

    private mutating func value() throws(JSONFault) -> JSONValue {
        try countToken()
        guard position < bytes.count else { throw fault("The document ends where a value is due.") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try nested { (scanner) throws(JSONFault) in try scanner.object() }
        case UInt8(ascii: "["): return try nested { (scanner) throws(JSONFault) in try scanner.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        default: throw fault("A value is due here.")
        }
    }

    private mutating func nested(_ read: (inout JSONScanner) throws(JSONFault) -> JSONValue) throws(JSONFault) -> JSONValue {
        depth += 1
        guard depth <= limits.depth else { throw fault("The document nests deeper than \(limits.depth).") }
        position += 1
        let value = try read(&self)
        depth -= 1
        return value
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONFault) -> JSONValue {
        for index in 0..<text.utf8CodeUnitCount {
            guard position + index < bytes.count, bytes[position + index] == text.utf8Start[index] else {
                throw fault("A value is due here.")
            }
        }
        position += text.utf8CodeUnitCount
        return value
    }

    private mutating func array() throws(JSONFault) -> JSONValue {
        var items: [JSONValue] = []
        if closes(UInt8(ascii: "]")) { return .array(items) }
        while true {
            do throws(JSONFault) {
                skipWhitespace()
                items.append(try value())
            } catch {
                throw error.inside(String(items.count))
            }
            guard try separated(or: UInt8(ascii: "]")) else { return .array(items) }
        }
    }

    private mutating func object() throws(JSONFault) -> JSONValue {
        var members: [JSONValue.Member] = []
        var names = JSONNames()
        if closes(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipWhitespace()
            let start = position
            let key = try key()
            guard members.count < limits.membersPerObject else {
                throw fault("An object has more than \(limits.membersPerObject) members.", at: start)
            }
            guard names.insert(key, beside: members) else { throw fault("The key occurs twice.", at: start).inside(key) }
            do throws(JSONFault) {
                skipWhitespace()
                members.append(JSONValue.Member(key, try value()))
            } catch {
                throw error.inside(key)
            }
            guard try separated(or: UInt8(ascii: "}")) else { return .object(members) }
        }
    }

    private mutating func key() throws(JSONFault) -> String {
        try countToken()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw fault("A key in double quotes is due here.") }
        let start = position
        let key = try string()
        guard key.utf8.count <= limits.keyBytes else { throw fault("A key is longer than \(limits.keyBytes) bytes.", at: start) }
        skipWhitespace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else { throw fault("A colon is due after the key.").inside(key) }
        position += 1
        return key
    }

    private mutating func closes(_ bracket: UInt8) -> Bool {
        skipWhitespace()
        guard position < bytes.count, bytes[position] == bracket else { return false }
        position += 1
        return true
    }

    /// True after a comma, false after the closing bracket.
    private mutating func separated(or bracket: UInt8) throws(JSONFault) -> Bool {
        if closes(bracket) { return false }
        guard position < bytes.count, bytes[position] == UInt8(ascii: ",") else { throw fault("A comma or a closing bracket is due here.") }
        position += 1
        return true
    }
}
