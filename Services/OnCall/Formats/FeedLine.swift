/// One content line of an iCalendar file (RFC 5545 §3.1).
package struct FeedLine: Sendable, Hashable {
    /// Without the line end.
    private static let mostOctets = 75

    package let text: String

    /// - Parameter name: with its parameters, already in the form of the file.
    package init(_ name: String, raw value: String) {
        text = name + ":" + value
    }

    /// A property of the type TEXT.
    package init(_ name: String, text value: String) {
        self.init(name, raw: Self.escaped(value))
    }

    /// The line in pieces of at most 75 octets, each ended by CRLF; no piece parts the octets of a character.
    package var folded: String {
        var folded = ""
        folded.reserveCapacity(text.utf8.count + text.utf8.count / 30 + 2)
        var octets = 0
        for scalar in text.unicodeScalars {
            let width = UTF8.width(scalar)
            if octets + width > Self.mostOctets {
                folded += "\r\n "
                octets = 1
            }
            folded.unicodeScalars.append(scalar)
            octets += width
        }
        return folded + "\r\n"
    }

    /// RFC 5545 §3.3.11; whatever else is no text there (control characters) is left out.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        var isAfterReturn = false
        for scalar in text.unicodeScalars {
            let wasAfterReturn = isAfterReturn
            isAfterReturn = scalar == "\r"
            switch scalar {
            case "\\", ";", ",": escaped += "\\" + String(scalar)
            case "\r", "\u{85}", "\u{2028}", "\u{2029}": escaped += "\\n"
            case "\n": if !wasAfterReturn { escaped += "\\n" }
            case "\t": escaped.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value): continue
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
