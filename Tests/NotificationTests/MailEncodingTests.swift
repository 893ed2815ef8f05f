import Foundation
import Notification
import Testing

@Suite struct MailEncodingTests {
    @Test(arguments: [
        ("plain text", "plain text"),
        ("a=b", "a=3Db"),
        ("trailing \nspace", "trailing=20\r\nspace"),
        ("tab\t", "tab=09"),
        ("ünï", "=C3=BCn=C3=AF"),
        ("crlf\r\nlf\nend", "crlf\r\nlf\r\nend"),
        ("lone\rcr", "lone=0Dcr"),
        (".leading dot", ".leading dot"),
        ("", ""),
    ])
    func quotedPrintableFollowsTheStandard(text: String, encoded: String) {
        #expect(QuotedPrintable.encode(text) == encoded)
    }

    @Test(arguments: [75, 76, 77, 150, 151, 1_000])
    func longLinesAreBrokenSoftlyAndComeBack(_ length: Int) {
        let text = String((0..<length).map { Character(Unicode.Scalar(UInt8(33 + $0 % 90))) })
        let encoded = QuotedPrintable.encode(text)
        #expect(encoded.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 76 })
        let joined = encoded.replacingOccurrences(of: "=\r\n", with: "").replacingOccurrences(of: "=3D", with: "=")
        #expect(joined == text)
    }

    @Test(arguments: [
        ("plain", "plain"),
        ("  trimmed  ", "trimmed"),
        ("two\r\nlines", "two  lines"),
        ("tab\tand\u{0}nul", "tab and nul"),
        ("Störung", "=?utf-8?B?U3TDtnJ1bmc=?="),
        ("looks =?like?= one", "=?utf-8?B?bG9va3MgPT9saWtlPz0gb25l?="),
    ])
    func headerValuesAreOneLineOfASCII(text: String, encoded: String) {
        #expect(HeaderText.encoded(text) == encoded)
    }

    @Test func longSubjectsAreFoldedBetweenCharacters() throws {
        let text = String(repeating: "日本語🔥", count: 40)
        let words = HeaderText.encoded(text).components(separatedBy: "\r\n ")
        #expect(words.count > 1 && words.allSatisfy { $0.utf8.count <= 75 })
        let decoded = try words.map { word in
            let base64 = word.dropFirst("=?utf-8?B?".count).dropLast(2)
            return try #require(Data(base64Encoded: String(base64)).flatMap { String(data: $0, encoding: .utf8) })
        }
        #expect(decoded.joined() == text)
    }

    @Test(arguments: [
        (0.0, "Thu, 01 Jan 1970 00:00:00 +0000"),
        (1_709_164_799, "Wed, 28 Feb 2024 23:59:59 +0000"),
        (1_709_251_199.9, "Thu, 29 Feb 2024 23:59:59 +0000"),
        (1_795_240_304, "Sat, 21 Nov 2026 05:51:44 +0000"),
    ])
    func datesAreAsMailWritesThem(seconds: Double, text: String) {
        #expect(MailDate.text(Date(timeIntervalSince1970: seconds)) == text)
    }
}
