import Foundation

/// Looks for a member named twice in a JSON object: decoders disagree about which one counts, so a token that has one means two things.
struct MemberNames {
    private enum Byte {
        static let quote = UInt8(ascii: "\"")
        static let backslash = UInt8(ascii: "\\")
        static let colon = UInt8(ascii: ":")
    }

    /// True when `json` begins as an object in UTF-8 and no object in it, at any depth, has two members of one name.
    ///
    /// Names with escapes count as doubtful and are refused: no token of ours has one. Whether it is JSON at all is the decoder's question.
    static func areUnique(in json: Data) -> Bool {
        guard json.first == UInt8(ascii: "{") else { return false }
        var scanner = MemberNames(bytes: Array(json))
        return scanner.scan()
    }

    private let bytes: [UInt8]
    private var position = 0
    /// The names seen so far in each open object; arrays have an entry too, which stays empty.
    private var open: [Set<[UInt8]>] = []

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func scan() -> Bool {
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case Byte.quote: if !scanString() { return false }
            case UInt8(ascii: "{"), UInt8(ascii: "["): open.append([])
            case UInt8(ascii: "}"), UInt8(ascii: "]"): if open.popLast() == nil { return false }
            default: continue
            }
        }
        return open.isEmpty
    }

    /// Reads on from behind the opening quote; a string followed by a colon is a name.
    private mutating func scanString() -> Bool {
        let start = position
        var isEscaped = false
        while position < bytes.count, bytes[position] != Byte.quote {
            if bytes[position] == Byte.backslash {
                isEscaped = true
                position += 1
            }
            position += 1
        }
        guard position < bytes.count else { return false }
        let text = Array(bytes[start..<position])
        position += 1
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
        guard position < bytes.count, bytes[position] == Byte.colon else { return true }
        guard !isEscaped, !open.isEmpty else { return false }
        return open[open.count - 1].insert(text).inserted
    }
}
