extension JSONScanner {
    /// The text behind an opening quote; leaves the position after the closing one.
    mutating func string() throws(JSONFault) -> String {
        position += 1
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                let text = try text(UnsafeRawBufferPointer(rebasing: bytes[start..<position]), from: start)
                position += 1
                return text
            case UInt8(ascii: "\\"): return try escapedString(from: start)
            case 0..<0x20: throw controlCharacter()
            default: position += 1
            }
        }
        throw fault("A string has no end.", at: start - 1)
    }

    private func controlCharacter() -> JSONFault {
        fault(bytes[position] == 0 ? "NUL is not allowed." : "A control character must be escaped.")
    }

    /// Swift's validation refuses overlong forms, surrogates and cut sequences.
    private func text(_ slice: UnsafeRawBufferPointer, from start: Int) throws(JSONFault) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else { throw fault("A string is not valid UTF-8.", at: start) }
        return text
    }

    private mutating func escapedString(from start: Int) throws(JSONFault) -> String {
        unescaped.removeAll(keepingCapacity: true)
        unescaped.append(contentsOf: bytes[start..<position])
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                guard let text = String(validating: unescaped, as: UTF8.self) else {
                    throw fault("A string is not valid UTF-8.", at: start)
                }
                return text
            case UInt8(ascii: "\\"):
                position += 1
                try escape()
            case 0..<0x20: throw controlCharacter()
            default:
                unescaped.append(bytes[position])
                position += 1
            }
        }
        throw fault("A string has no end.", at: start - 1)
    }

    private mutating func escape() throws(JSONFault) {
        guard position < bytes.count else { throw fault("A string has no end.") }
        let letter = bytes[position]
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): unescaped.append(letter)
        case UInt8(ascii: "n"): unescaped.append(0x0A)
        case UInt8(ascii: "t"): unescaped.append(0x09)
        case UInt8(ascii: "r"): unescaped.append(0x0D)
        case UInt8(ascii: "b"): unescaped.append(0x08)
        case UInt8(ascii: "f"): unescaped.append(0x0C)
        case UInt8(ascii: "u"): unescaped.append(contentsOf: String(try escapedScalar()).utf8)
        default: throw fault("An escape is unknown.", at: position - 2)
        }
    }

    private mutating func escapedScalar() throws(JSONFault) -> Unicode.Scalar {
        let start = position - 2
        let unit = try hexUnit()
        guard unit != 0 else { throw fault("NUL is not allowed.", at: start) }
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit <= 0xDBFF, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
        else {
            throw fault("A surrogate stands alone.", at: start)
        }
        position += 2
        let low = try hexUnit()
        guard low >= 0xDC00, low <= 0xDFFF, let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)) else {
            throw fault("A surrogate stands alone.", at: start)
        }
        return scalar
    }

    private mutating func hexUnit() throws(JSONFault) -> UInt32 {
        guard position + 4 <= bytes.count else { throw fault("Four hexadecimal digits are due here.") }
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Self.hexDigit(bytes[position]) else { throw fault("Four hexadecimal digits are due here.") }
            unit = unit << 4 | digit
            position += 1
        }
        return unit
    }

    private static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte) - 48
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte) - 87
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte) - 55
        default: nil
        }
    }
}
