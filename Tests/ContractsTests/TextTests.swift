import Contracts
import Foundation
import Testing

@Suite struct TextTests {
    @Test(arguments: ["", "a", "two words", "é", "日本", "a\u{0301}"]) func textWithoutSpaceAtItsEndsIsLeftAsItIs(text: String) {
        #expect(text.trimmed == text)
    }

    @Test(arguments: [" a ", "\n\ta\r\n", "\u{00A0}a\u{3000}", "\u{0085}a", "a\u{2028}", "\u{7F}a".replacing("\u{7F}", with: " ")])
    func everyKindOfSpaceIsTrimmed(text: String) {
        #expect(text.trimmed == "a")
        #expect(text.trimmed == text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    @Test(arguments: ["", "a", "abcd", "abcde", "ééé", "👩‍👩‍👧‍👦", "e\u{0301}e\u{0301}"], [0...0, 0...3, 1...4, 2...4, 5...9])
    func lengthIsThatInCharacters(text: String, range: ClosedRange<Int>) {
        #expect(text.hasLength(in: range) == range.contains(text.count))
    }

    @Test(arguments: [
        ("", ""), ("disk full", "disk full"), ("invoice\u{202E}fdp.exe", "invoicefdp.exe"),
        ("\u{202A}a\u{202B}b\u{202C}c\u{202D}d", "abcd"),
        ("\u{2066}a\u{2067}b\u{2068}c\u{2069}", "abc"), ("\u{202E}", ""), ("שלום", "שלום"), ("a\u{200E}b\u{200F}", "a\u{200E}b\u{200F}"),
        ("\u{2029}\u{202F}\u{2065}\u{206A}", "\u{2029}\u{202F}\u{2065}\u{206A}"), ("â–€", "â–€"), ("👩\u{200D}👧", "👩\u{200D}👧"),
    ]) func onlyWhatControlsTheDirectionIsTakenOut(text: String, plain: String) {
        #expect(Array(text.withoutDirectionControls.unicodeScalars) == Array(plain.unicodeScalars))
    }

    @Test func identifiersAreWrittenAsFoundationWritesThem() {
        for _ in 0..<100 {
            let id = UUID()
            #expect(id.text == id.uuidString.lowercased())
        }
        #expect(UUID(uuidString: "00000000-0000-0000-0000-00000000000A")?.text == "00000000-0000-0000-0000-00000000000a")
    }

    @Test func newIdentifiersAreVersionSevenAndSortByTime() {
        let early = IncidentID.make(at: Date(timeIntervalSince1970: 1_772_443_800))
        let late = IncidentID.make(at: Date(timeIntervalSince1970: 1_772_443_800.001))
        #expect(early < late && early.description < late.description)
        let bytes = early.rawValue.uuid
        #expect(bytes.6 >> 4 == 7 && bytes.8 >> 6 == 2)
        #expect(Set((0..<1000).map { _ in UUID.random() }).count == 1000)
    }

    @Test(arguments: [
        (JSONValue.string("plain"), #""plain""#), (.string("a\"b\\c"), #""a\"b\\c""#), (.string("\n\r\t"), #""\n\r\t""#),
        (.string("\u{1}\u{1F}\u{0}"), #""\u0001\u001f\u0000""#), (.string("é日👩"), #""é日👩""#), (.number("1.50"), "1.50"),
        (.object([.init("k\"", .array([.null, .bool(true)]))]), #"{"k\"":[null,true]}"#), (.string(""), #""""#),
    ])
    func aDocumentIsWrittenCompactly(value: JSONValue, text: String) throws {
        #expect(value.serialized == text)
        #expect(throws: Never.self) { _ = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed) }
    }
}
