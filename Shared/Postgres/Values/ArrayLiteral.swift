/// PostgreSQL's text form of a one-dimensional array: `{"a","say \"hi\"",NULL}`.
enum ArrayLiteral {
    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")
    private static let comma = UInt8(ascii: ",")
    private static let open = UInt8(ascii: "{")
    private static let close = UInt8(ascii: "}")

    /// Every element is quoted, so that an empty text, `NULL` as a word, braces and commas all stay what they are.
    static func encode(_ elements: some Sequence<String?>) -> String {
        var bytes: [UInt8] = [open]
        var isFirst = true
        for element in elements {
            if !isFirst { bytes.append(comma) }
            isFirst = false
            guard let element else {
                bytes.append(contentsOf: "NULL".utf8)
                continue
            }
            append(element, to: &bytes)
        }
        bytes.append(close)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Copies runs that need no escape as a whole: a batch of alerts is thousands of them.
    private static func append(_ element: String, to bytes: inout [UInt8]) {
        bytes.append(quote)
        var element = element
        element.withUTF8 { text in
            var start = 0
            for (index, byte) in text.enumerated() where byte == quote || byte == backslash {
                bytes += text[start..<index]
                bytes.append(backslash)
                start = index
            }
            bytes += text[start...]
        }
        bytes.append(quote)
    }

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
