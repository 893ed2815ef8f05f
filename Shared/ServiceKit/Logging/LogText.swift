/// Writes text into log lines byte by byte: nothing a caller sends can end the line, colour a terminal or turn the reading direction.
struct LogText {
    /// Bytes of one value; the rest is cut off, so that a hostile header cannot fill the disk.
    static let longestValue = 4096

    private(set) var bytes: [UInt8] = []

    init() {
        bytes.reserveCapacity(512)
    }

    mutating func raw(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func raw(_ text: some Sequence<UInt8>) {
        bytes.append(contentsOf: text)
    }

    mutating func quoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        escaped(text)
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func escaped(_ text: String) {
        var written = 0
        for scalar in text.unicodeScalars {
            guard written < Self.longestValue else { return raw("…") }
            written += UTF8.width(scalar)
            escape(scalar)
        }
    }

    private mutating func escape(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x22: raw("\\\"")
        case 0x5C: raw("\\\\")
        case 0x0A: raw("\\n")
        case 0x0D: raw("\\r")
        case 0x09: raw("\\t")
        case 0x00..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF: unicodeEscape(scalar.value)
        case 0xE0000...0xE007F:
            unicodeEscape(0xD800 + (scalar.value - 0x10000) >> 10)
            unicodeEscape(0xDC00 + (scalar.value - 0x10000) & 0x3FF)
        default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }

    private mutating func unicodeEscape(_ value: UInt32) {
        raw("\\u")
        for shift in [12, 8, 4, 0] as [UInt32] {
            let digit = UInt8(value >> shift & 0xF)
            bytes.append(digit < 10 ? digit + 48 : digit + 87)
        }
    }
}
