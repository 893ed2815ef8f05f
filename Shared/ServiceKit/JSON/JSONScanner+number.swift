import Foundation

extension JSONScanner {
    /// The digits as they are, after RFC 8259's grammar, a length limit and Double's range.
    mutating func number() throws(JSONFault) -> String {
        let start = position
        if byte == UInt8(ascii: "-") { position += 1 }
        try integerPart()
        if byte == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        let hasExponent = byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E")
        if hasExponent {
            position += 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        guard position - start <= limits.numberLength else {
            throw fault("A number is longer than \(limits.numberLength) characters.", at: start)
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if hasExponent { try checkRange(of: text, at: start) }
        return text
    }

    private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func integerPart() throws(JSONFault) {
        let start = position
        try digits()
        if position - start > 1, bytes[start] == UInt8(ascii: "0") { throw fault("A number must not start with a zero.", at: start) }
    }

    private mutating func digits() throws(JSONFault) {
        let start = position
        while let digit = byte, digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") { position += 1 }
        guard position > start else { throw fault("A digit is due here.") }
    }

    /// Without an exponent 32 characters cannot leave the range. With one, Foundation would say infinity or 0 where PostgreSQL keeps the digits.
    private func checkRange(of text: String, at start: Int) throws(JSONFault) {
        let mantissa = text.prefix { $0 != "e" && $0 != "E" }
        let isZero = !mantissa.utf8.contains { $0 >= UInt8(ascii: "1") && $0 <= UInt8(ascii: "9") }
        guard let value = Double(text), value.isFinite, isZero || value.magnitude >= .leastNormalMagnitude else {
            throw fault("A number is out of range.", at: start)
        }
    }
}
