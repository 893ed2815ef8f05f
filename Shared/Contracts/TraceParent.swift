/// A place in a trace, W3C `traceparent`: what a header hands on within a call, and a message across the time it waits (CloudEvents' Distributed
/// Tracing extension).
///
/// Kept as numbers, because every alert carries one and few are ever written.
package struct TraceParent: Sendable, Hashable {
    /// Of no trace; no reader takes its text.
    package static let unset = TraceParent(traceHigh: 0, traceLow: 0, span: 0, isSampled: false)

    /// A longer text is no header of a tracing tool.
    private static let textLimit = 256

    private let traceHigh: UInt64
    private let traceLow: UInt64
    private let span: UInt64
    package let isSampled: Bool

    private init(traceHigh: UInt64, traceLow: UInt64, span: UInt64, isSampled: Bool) {
        self.traceHigh = traceHigh
        self.traceLow = traceLow
        self.span = span
        self.isSampled = isSampled
    }

    /// Reads `00-<32 hex>-<16 hex>-<2 hex>`; a later version may have more fields behind.
    package init?(_ text: String) {
        let fields = text.split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.textLimit, fields.count >= 4, let version = Self.number(fields[0], digits: 2), version != 0xFF,
            version != 0 || fields.count == 4, let high = Self.number(fields[1].prefix(16), digits: 16),
            let low = Self.number(fields[1].dropFirst(16), digits: 16), let span = Self.number(fields[2], digits: 16),
            let flags = Self.number(fields[3], digits: 2), high != 0 || low != 0, span != 0
        else { return nil }
        self.init(traceHigh: high, traceLow: low, span: span, isSampled: flags & 1 == 1)
    }

    /// A new trace.
    package static func make() -> TraceParent {
        var random = RandomSupply()
        return TraceParent(traceHigh: number(from: &random), traceLow: random.next(), span: number(from: &random), isSampled: true)
    }

    /// A new span of the same trace.
    package var child: TraceParent {
        var random = RandomSupply()
        return TraceParent(traceHigh: traceHigh, traceLow: traceLow, span: Self.number(from: &random), isSampled: isSampled)
    }

    /// 32 lower-case hexadecimal digits, not all zero.
    package var traceID: String { Self.hexadecimal(traceHigh) + Self.hexadecimal(traceLow) }

    /// 16 of them: one daemon's part of the trace.
    package var spanID: String { Self.hexadecimal(span) }

    /// As headers, messages and tables have it.
    package var text: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }

    private static func number(from random: inout RandomSupply) -> UInt64 {
        UInt64.random(in: 1...UInt64.max, using: &random)
    }

    private static func number(_ field: Substring, digits: Int) -> UInt64? {
        guard field.utf8.count == digits, field.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else { return nil }
        return UInt64(field, radix: 16)
    }

    private static func hexadecimal(_ number: UInt64) -> String {
        String(unsafeUninitializedCapacity: 16) { digits in
            for place in 0..<16 { digits[place] = digit(UInt8(truncatingIfNeeded: number >> (60 - 4 * UInt64(place))) & 0xF) }
            return 16
        }
    }

    private static func digit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
    }
}

extension TraceParent: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let parent = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a traceparent")
        }
        self = parent
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

extension KeyedDecodingContainer {
    /// What messages of this module read their optional trace with: one that cannot be read is as good as none, for no alert may be lost over it.
    func decodeIfPresent(_ type: TraceParent.Type, forKey key: Key) throws -> TraceParent? {
        (try? decode(String.self, forKey: key)).flatMap { TraceParent($0) }
    }
}
