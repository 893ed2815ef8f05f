import Foundation

extension String {
    /// Without white space and line ends (Unicode's) at both ends. Almost every text that daemons read has none, and is answered as it is.
    package var trimmed: String {
        guard let first = utf8.first, let last = utf8.last, Self.mayBeSpace(first) || Self.mayBeSpace(last) else { return self }
        return trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// ASCII's own spaces, and every byte that is part of a longer character.
    private static func mayBeSpace(_ byte: UInt8) -> Bool { byte <= 0x20 || byte >= 0x7F }

    /// Whether the number of characters is within `range`; counted only where the number of bytes does not tell.
    package func hasLength(in range: ClosedRange<Int>) -> Bool {
        let bytes = utf8.count
        if bytes == 0 { return range.contains(0) }
        // There is at least one character, and no more than bytes.
        if range.lowerBound <= 1, bytes <= range.upperBound { return true }
        return range.contains(count)
    }
}
