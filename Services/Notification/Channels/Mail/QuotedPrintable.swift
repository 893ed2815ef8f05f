/// Quoted-printable (RFC 2045 §6.7): text as ASCII lines of at most 76 characters with CRLF ends.
package enum QuotedPrintable {
    private static let lineLimit = 76

    package static func encode(_ text: String) -> String {
        var output = ""
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { Array($0) }
        for index in lines.indices where lines[index].last == UInt8(ascii: "\r") { lines[index].removeLast() }
        for (index, line) in lines.enumerated() {
            if index > 0 { output += "\r\n" }
            encode(line, into: &output)
        }
        return output
    }

    private static func encode(_ line: [UInt8], into output: inout String) {
        var column = 0
        for (index, byte) in line.enumerated() {
            let token = token(for: byte, isLast: index == line.count - 1)
            // A soft break needs the last column for its "=".
            if column + token.utf8.count > lineLimit - 1 {
                output += "=\r\n"
                column = 0
            }
            output += token
            column += token.utf8.count
        }
    }

    private static func token(for byte: UInt8, isLast: Bool) -> String {
        let isBlank = byte == 0x20 || byte == 0x09
        let isPlain = byte >= 0x21 && byte <= 0x7E && byte != UInt8(ascii: "=")
        if isPlain || (isBlank && !isLast) { return String(Unicode.Scalar(byte)) }
        return "=" + hex(byte >> 4) + hex(byte & 15)
    }

    static func hex(_ nibble: UInt8) -> String {
        String(nibble, radix: 16, uppercase: true)
    }
}
