import Contracts
import Foundation

/// W3C trace context (`traceparent`) and our request id; handed on to every daemon called meanwhile.
package struct TraceContext: Sendable, Hashable {
    /// The call being answered, for clients and logs; nil outside of one.
    @TaskLocal package static var current: TraceContext?

    /// 32 lower-case hexadecimal digits, not all zero.
    package let traceID: String
    /// 16 of them: this daemon's part of the trace.
    package let spanID: String
    package let isSampled: Bool
    /// 1 to 128 characters of `A–Z a–z 0–9 . _ -`.
    package let requestID: String

    /// Before the outermost layer has given the call its own.
    static let unset = TraceContext(
        traceID: String(repeating: "0", count: 32), spanID: String(repeating: "0", count: 16), isSampled: false, requestID: "-")

    /// A new trace.
    package static func make() -> TraceContext {
        TraceContext(traceID: newTrace(), spanID: newSpan(), isSampled: true, requestID: newRequestID())
    }

    /// Goes on with what the caller sent, where it is well-formed, in a new span.
    package static func accepting(traceparent: String?, requestID: String?) -> TraceContext {
        let parent = traceparent.flatMap(TraceParent.init)
        let requestID = requestID.flatMap { isSafe($0) ? $0 : nil }
        guard parent != nil || requestID != nil else { return make() }
        return TraceContext(
            traceID: parent?.traceID ?? newTrace(), spanID: newSpan(), isSampled: parent?.isSampled ?? true,
            requestID: requestID ?? newRequestID()
        )
    }

    /// The header that hands this on.
    package var traceparent: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }

    private static func newTrace() -> String {
        var random = RandomSupply()
        return hexadecimal(UInt64.random(in: 1...UInt64.max, using: &random)) + hexadecimal(random.next())
    }

    private static func newRequestID() -> String { UUID.random().text }

    private static func newSpan() -> String {
        var random = RandomSupply()
        return hexadecimal(UInt64.random(in: 1...UInt64.max, using: &random))
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

    private static func isSafe(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count) && text.utf8.allSatisfy(isSafe)
    }

    private static func isSafe(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

/// `00-<32 hex>-<16 hex>-<2 hex>`; a later version may have more fields behind.
private struct TraceParent {
    let traceID: String
    let isSampled: Bool

    init?(_ text: String) {
        let fields = text.split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count <= 256, fields.count >= 4, let version = Self.hex(fields[0], 2), version != "ff",
            version != "00" || fields.count == 4,
            let traceID = Self.hex(fields[1], 32), let span = Self.hex(fields[2], 16), let flags = Self.hex(fields[3], 2),
            traceID.contains(where: { $0 != "0" }), span.contains(where: { $0 != "0" })
        else { return nil }
        self.traceID = traceID
        isSampled = (UInt8(flags, radix: 16) ?? 0) & 1 == 1
    }

    private static func hex(_ field: Substring, _ length: Int) -> String? {
        guard field.utf8.count == length, field.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else { return nil }
        return String(field)
    }
}
