/// Reads PostgreSQL's text form of a one-dimensional array: `{"a","say \"hi\"",NULL}`.
enum ArrayLiteral {
    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")
    private static let comma = UInt8(ascii: ",")
    private static let open = UInt8(ascii: "{")
    private static let close = UInt8(ascii: "}")

    /// - Returns: Nil for text that is not a one-dimensional array with lower bound 1, which is all that a store of ours writes.
    static func decode(_ text: String) -> [String?]? {
        var scanner = Scanner(bytes: Array(text.utf8))
        return scanner.scan()
    }

    private struct Scanner {
        let bytes: [UInt8]
        var position = 0

        mutating func scan() -> [String?]? {
            guard take(open) else { return nil }
            var elements: [String?] = []
            if take(close) { return isAtEnd ? elements : nil }
            while true {
                guard let element = element() else { return nil }
                elements.append(element)
                if take(comma) { continue }
                return take(close) && isAtEnd ? elements : nil
            }
        }

        private var isAtEnd: Bool { position == bytes.count }

        private mutating func take(_ byte: UInt8) -> Bool {
            guard position < bytes.count, bytes[position] == byte else { return false }
            position += 1
            return true
        }

        private mutating func element() -> String?? {
            take(quote) ? quoted() : bare()
        }

        private mutating func quoted() -> String?? {
            var content: [UInt8] = []
            while position < bytes.count {
                var byte = bytes[position]
                position += 1
                if byte == quote { return .some(String(decoding: content, as: UTF8.self)) }
                if byte == backslash {
                    guard position < bytes.count else { return .none }
                    byte = bytes[position]
                    position += 1
                }
                content.append(byte)
            }
            return .none
        }

        private mutating func bare() -> String?? {
            let start = position
            while position < bytes.count, bytes[position] != comma, bytes[position] != close {
                guard bytes[position] != open, bytes[position] != quote else { return .none }
                position += 1
            }
            guard position > start else { return .none }
            let word = String(decoding: bytes[start..<position], as: UTF8.self)
            return .some(word == "NULL" ? nil : word)
        }
    }
}
