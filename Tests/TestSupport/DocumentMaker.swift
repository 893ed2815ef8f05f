/// Random JSON documents, half of them damaged by a byte or two, for all who read what the gate has read.
package struct DocumentMaker {
    private var random: SplitMix

    package init(seed: UInt64) { random = SplitMix(state: seed) }

    package mutating func document() -> [UInt8] {
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
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
