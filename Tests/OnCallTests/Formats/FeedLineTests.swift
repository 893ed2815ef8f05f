import Foundation
import OnCall
import Testing

/// RFC 5545 §3.1 and §3.3.11.
@Suite struct FeedLineTests {
    @Test(arguments: [
        ("plain", "plain"), ("a;b,c", #"a\;b\,c"#), (#"back\slash"#, #"back\\slash"#), ("two\nlines", #"two\nlines"#),
        ("two\r\nlines", #"two\nlines"#), ("two\rlines", #"two\nlines"#), ("two\u{85}lines", #"two\nlines"#),
        ("next\u{2028}line", #"next\nline"#),
        ("\r\n\r\n", #"\n\n"#), ("bell\u{7}\u{1B}[31m", "bell[31m"), ("tab\there", "tab\there"), (#"say "hi": ok"#, #"say "hi": ok"#),
        ("é👩‍🚒", "é👩‍🚒"), ("", ""), (#"\n"#, #"\\n"#), ("END:VEVENT\r\nBEGIN:VEVENT", #"END:VEVENT\nBEGIN:VEVENT"#),
    ])
    func textIsEscaped(_ text: String, _ escaped: String) {
        let line = FeedLine("SUMMARY", text: text).text
        #expect(line.unicodeScalars.elementsEqual("SUMMARY:\(escaped)".unicodeScalars), "\(line.debugDescription)")
    }

    /// Characters of one to four octets, at every place around the 75th.
    @Test(arguments: ["a", "é", "€", "🚒", "e\u{301}", "👩‍🚒"], 55...80)
    func linesAreFoldedBetweenCharactersAndUnfoldToThemselves(_ character: String, _ length: Int) throws {
        let line = FeedLine("SUMMARY", text: String(repeating: "x", count: length) + String(repeating: character, count: 60))
        let folded = Data(line.folded.utf8)
        #expect(folded.suffix(2) == Data("\r\n".utf8))
        let pieces = Self.split(folded.dropLast(2))
        #expect(pieces.count > 1 && pieces.allSatisfy { $0.count <= 75 })
        for piece in pieces { #expect(String(data: piece, encoding: .utf8) != nil, "a piece parts a character") }
        #expect(pieces.dropFirst().allSatisfy { $0.first == UInt8(ascii: " ") })
        let unfolded = pieces.enumerated().reduce(into: Data()) { $0 += $1.offset == 0 ? $1.element : $1.element.dropFirst() }
        #expect(unfolded == Data(line.text.utf8))
    }

    @Test(arguments: [(74, 1), (75, 1), (76, 2), (149, 2), (150, 3)])
    func aLineIsFoldedOnlyBeyond75Octets(_ octets: Int, _ pieces: Int) {
        let line = FeedLine("X", raw: String(repeating: "y", count: octets - 2))
        #expect(Self.split(Data(line.folded.utf8).dropLast(2)).count == pieces)
    }

    private static func split(_ data: Data) -> [Data] {
        var pieces = [Data()]
        var rest = data[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\r"), rest.first == UInt8(ascii: "\n") {
                rest = rest.dropFirst()
                pieces.append(Data())
            } else {
                pieces[pieces.count - 1].append(byte)
            }
        }
        return pieces
    }
}
