import Contracts
import Foundation
import ServiceKit
import Testing

/// Whatever the gate lets through, Foundation reads as the same value (reliability INP-1).
@Suite struct JSONDifferentialTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func foundationAgreesOnWhatTheGateAccepts(seed: UInt64) throws {
        var maker = DocumentMaker(seed: seed)
        var accepted = 0
        for _ in 0..<1_500 {
            let bytes = maker.document()
            guard let value = try? JSONGate.parse(bytes) else { continue }
            accepted += 1
            let other = try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
            #expect(agree(value, other), "\(String(decoding: bytes, as: UTF8.self))")
        }
        #expect(accepted > 300)
    }

    @Test func ownSerializationComesBack() throws {
        var maker = DocumentMaker(seed: 9)
        for _ in 0..<500 {
            guard let value = try? JSONGate.parse(maker.document()) else { continue }
            #expect(try JSONGate.parse(Array(value.serialized.utf8)) == value)
        }
    }

    private func agree(_ value: JSONValue, _ other: Any) -> Bool {
        switch value {
        case .null: other is NSNull
        case .bool(let flag): (other as? NSNumber)?.boolValue == flag
        case .number(let text): agree(text, other as? NSNumber)
        case .string(let text): (other as? String).map { $0.utf8.elementsEqual(text.utf8) } ?? false
        case .array(let items):
            (other as? [Any]).map { $0.count == items.count && zip(items, $0).allSatisfy { agree($0, $1) } } ?? false
        case .object(let members):
            (other as? [String: Any]).map { dictionary in
                dictionary.count == members.count
                    && members.allSatisfy { member in dictionary[member.key].map { agree(member.value, $0) } ?? false }
            } ?? false
        }
    }

    /// Foundation on Linux goes through Decimal and may miss the nearest Double by a few units in the last place.
    private func agree(_ text: String, _ other: NSNumber?) -> Bool {
        guard let own = Double(text), let other = other?.doubleValue else { return false }
        return abs(own - other) <= 4 * own.ulp
    }
}

/// Random documents, half of them damaged by a byte or two.
struct DocumentMaker {
    private var random: SplitMix

    init(seed: UInt64) { random = SplitMix(state: seed) }

    mutating func document() -> [UInt8] {
        var bytes = Array(value(depth: 0).utf8)
        guard Bool.random(using: &random), !bytes.isEmpty else { return bytes }
        for _ in 0...Int.random(in: 0...1, using: &random) {
            let index = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0...2, using: &random) {
            case 0: bytes[index] = pick(Array("{}[]\",:\\u019eE+-. \u{0}\u{1F}".utf8) + [0xC0, 0x80, 0xED, 0xA0, 0xFF])
            case 1: bytes.remove(at: index)
            default: bytes.insert(bytes[index], at: index)
            }
            if bytes.isEmpty { return bytes }
        }
        return bytes
    }

    private mutating func value(depth: Int) -> String {
        switch Int.random(in: 0...(depth > 4 ? 5 : 7), using: &random) {
        case 0: pick(["true", "false", "null"])
        case 1, 2:
            pick(["0", "-0", "12", "-3.25", "1e5", "1E-7", "9007199254740993", "18446744073709551615", "0.1", "1e308", "1e309", "01"])
        case 3, 4, 5: string()
        case 6: "[" + (0..<Int.random(in: 0...4, using: &random)).map { _ in value(depth: depth + 1) }.joined(separator: ",") + "]"
        default:
            "{" + (0..<Int.random(in: 0...4, using: &random)).map { _ in string() + ":" + value(depth: depth + 1) }.joined(separator: ", ")
                + "}"
        }
    }

    private mutating func string() -> String {
        let pieces = [
            "a", "b", "é", "e\u{301}", "😀", "\\n", "\\u0041", "\\ud83d\\ude00", "\\ud800", "\\u0000", "\\/", "\u{7F}", " ", "\\\"",
        ]
        return "\"" + (0..<Int.random(in: 0...3, using: &random)).map { _ in pick(pieces) }.joined() + "\""
    }

    private mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: 0..<choices.count, using: &random)]
    }
}

/// Sebastiano Vigna's SplitMix64: the same documents for the same seed on every machine.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
