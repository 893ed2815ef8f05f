/// An unfolded line of a calendar: `NAME;PARAMETER=VALUE:VALUE` (RFC 5545 §3.1).
struct ContentLine: Sendable, Hashable {
    /// In upper case.
    let name: String
    let value: String
    private let head: String

    /// Nil for a line without a colon.
    init?(_ text: Substring) {
        var isQuoted = false
        let colon = text.utf8.firstIndex { byte in
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            return byte == UInt8(ascii: ":") && !isQuoted
        }
        guard let colon else { return nil }
        head = String(text[..<colon])
        value = String(text[text.index(after: colon)...])
        name = head.prefix { $0 != ";" }.uppercased()
    }

    var text: String { "\(head):\(value)" }

    /// The value of a parameter without its quotation marks.
    func parameter(_ wanted: String) -> String? {
        var isQuoted = false
        let parts = head.split(omittingEmptySubsequences: true) { character in
            if character == "\"" { isQuoted.toggle() }
            return character == ";" && !isQuoted
        }
        for part in parts.dropFirst() {
            guard let equals = part.firstIndex(of: "="), part[..<equals].uppercased() == wanted else { continue }
            let value = part[part.index(after: equals)...]
            return value.hasPrefix("\"") && value.hasSuffix("\"") && value.count > 1 ? String(value.dropFirst().dropLast()) : String(value)
        }
        return nil
    }

    /// A value of text as it was meant (RFC 5545 §3.3.11).
    var plainText: String {
        var text = ""
        var isEscaped = false
        for character in value {
            switch (isEscaped, character) {
            case (false, "\\"): isEscaped = true
            case (true, "n"), (true, "N"):
                text.append(" ")
                isEscaped = false
            default:
                text.append(character)
                isEscaped = false
            }
        }
        return text
    }
}

extension ContentLine {
    /// The lines of a calendar, long ones put together again; control characters are dropped.
    ///
    /// - Throws: ``CalendarFault/tooLarge``, ``CalendarFault/notACalendar``.
    static func lines(of bytes: some Collection<UInt8>) throws(CalendarFault) -> [Substring] {
        guard bytes.count <= CalendarLimits.bytes else { throw .tooLarge }
        let clean = bytes.filter { $0 >= 0x20 && $0 != 0x7F || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\t") }
        var unfolded: [UInt8] = []
        unfolded.reserveCapacity(clean.count)
        for byte in clean {
            if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t"), unfolded.last == UInt8(ascii: "\n") {
                unfolded.removeLast()
            } else {
                unfolded.append(byte)
            }
        }
        guard var text = String(validating: unfolded, as: UTF8.self) else { throw .notACalendar }
        if text.first == "\u{FEFF}" { text.removeFirst() }
        return text.split(separator: "\n")
    }
}
