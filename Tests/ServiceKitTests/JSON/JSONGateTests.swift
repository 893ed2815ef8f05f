import Contracts
import Foundation
import ServiceKit
import Testing

@Suite struct JSONGateTests {
    private func parse(_ text: String, _ limits: JSONLimits = .api) throws -> JSONValue {
        try JSONGate.parse(Array(text.utf8), limits: limits)
    }

    @Test func documentKeepsOrderAndDigits() throws {
        let value = try parse(#" {"b":[1.50,-0,1e3,true,false,null],"a":{"":"x"}} "#)
        #expect(
            value
                == .object([
                    .init("b", .array([.number("1.50"), .number("-0"), .number("1e3"), .bool(true), .bool(false), .null])),
                    .init("a", .object([.init("", .string("x"))])),
                ])
        )
    }

    @Test(arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u00e9\u20AC""#, "é€"), (#""\ud83d\ude00""#, "😀"), (#""a😀é\u0041""#, "a😀éA"),
        (#""__proto__""#, "__proto__"), ("\"\u{7F}\u{80}\"", "\u{7F}\u{80}"), (#""\uFFFF""#, "\u{FFFF}"),
    ])
    func stringsAreUnescaped(json: String, text: String) throws {
        #expect(try parse(json) == .string(text))
    }

    @Test(arguments: [
        "", " ", "{", "[1", "\"a", "{\"a\"", "{\"a\":", "tru", "nul", "-", "1.", "1e", "\"\\", "\"\\u12", "[1,", "\"\\ud83d\\u",
    ])
    func everyTruncationIsRefused(json: String) {
        #expect(throws: JSONFault.self) { try parse(json) }
    }

    @Test(arguments: [
        ("{\"a\":{\"b/c\":[0,{\"~\":tru}]}}", "/a/b~1c/1/~0"), ("[1,\"\\u0000\"]", "/1"), ("{\"a\":1,\"\\u0061\":2}", "/a"),
        ("{\"x\":{\"é\":1,\"e\u{301}\":2}}", "/x/e\u{301}"), ("{\"a\" 1}", "/a"), ("{\"n\":{\"v\":1e400}}", "/n/v"), ("[[],[1,]]", "/1/1"),
    ])
    func faultNamesThePlace(json: String, pointer: String) {
        let fault = #expect(throws: JSONFault.self) { try parse(json) }
        #expect(fault?.pointer == pointer)
    }

    @Test func duplicateIsFoundAmongManyMembers() {
        for count in [2, 8, 9, 200] {
            let members = (0..<count).map { "\"k\($0)\":0" } + ["\"k\(count / 2)\":1"]
            #expect(throws: JSONFault.self) { try parse("{" + members.joined(separator: ",") + "}") }
            #expect(throws: Never.self) { try parse("{" + members.dropLast().joined(separator: ",") + "}") }
        }
    }

    @Test func limitsAreExact() throws {
        var limits = JSONLimits.api
        #expect(throws: Never.self) { try parse(nested(32)) }
        #expect(throws: JSONFault.self) { try parse(nested(33)) }
        #expect(throws: Never.self) { try parse(object(256)) }
        #expect(throws: JSONFault.self) { try parse(object(257)) }
        #expect(throws: Never.self) { try parse(array(9_999)) }
        #expect(throws: JSONFault.self) { try parse(array(10_000)) }
        #expect(throws: Never.self) { try parse(array(59_999), .vendor) }
        #expect(throws: Never.self) { try parse(String(repeating: "1", count: 32)) }
        #expect(throws: JSONFault.self) { try parse(String(repeating: "1", count: 33)) }
        limits.bytes = 10
        #expect(throws: Never.self) { try parse("\"12345678\"", limits) }
        #expect(throws: JSONFault.self) { try parse("\"123456789\"", limits) }
    }

    /// The gate stops where the limit is crossed, however much follows: 100,000 brackets cost as much as 33.
    @Test func bombsStopEarly() {
        let limits = JSONLimits(bytes: 10_000_000, tokens: 10_000)
        let bombs = [
            (String(repeating: "[", count: 100_000), 32), (String(repeating: "{\"a\":", count: 40_000), 33 * 5), (object(20_000), 257 * 9),
            (array(100_000), 10_000 * 2),
        ]
        for (bomb, furthest) in bombs {
            let fault = #expect(throws: JSONFault.self) { try parse(bomb, limits) }
            #expect((fault?.offset ?? .max) <= furthest)
        }
    }

    @Test func escapesAndLongTextsAreLinear() throws {
        let limits = JSONLimits(bytes: 10_000_000, tokens: 10)
        let escaped = Array(("\"" + String(repeating: #"\u00e9\n"#, count: 100_000) + "\"").utf8)
        let time = try ContinuousClock().measure { _ = try JSONGate.parse(escaped, limits: limits) }
        #expect(time < .seconds(20), "quadratic would take minutes")
    }

    private func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    private func object(_ members: Int) -> String { "{" + (0..<members).map { "\"k\($0)\":0" }.joined(separator: ",") + "}" }
    private func array(_ items: Int) -> String { "[" + repeatElement("0", count: items).joined(separator: ",") + "]" }
}
