package import Contracts
import Foundation

/// W3C trace context (`traceparent`) and our request id; handed on to every daemon called meanwhile.
package struct TraceContext: Sendable, Hashable {
    /// The call being answered, for clients and logs; nil outside of one.
    @TaskLocal package static var current: TraceContext?

    /// The trace, and this daemon's part of it: what goes on from here names it as its parent.
    package let parent: TraceParent
    /// 1 to 128 characters of `A–Z a–z 0–9 . _ -`.
    package let requestID: String

    /// Before the outermost layer has given the call its own.
    static let unset = TraceContext(parent: .unset, requestID: "-")

    /// A new trace.
    package static func make() -> TraceContext {
        TraceContext(parent: .make(), requestID: newRequestID())
    }

    /// Goes on with what the caller sent, where it is well-formed, in a new span.
    package static func accepting(traceparent: String?, requestID: String?) -> TraceContext {
        let parent = traceparent.flatMap { TraceParent($0) }
        let requestID = requestID.flatMap { isSafe($0) ? $0 : nil }
        return TraceContext(parent: parent?.child ?? .make(), requestID: requestID ?? newRequestID())
    }

    /// Does work for something that came with a trace some time ago, in a new span of it; without a trace, just does it.
    package static func following<Value>(_ parent: TraceParent?, _ work: () async throws -> Value) async rethrows -> Value {
        guard let parent else { return try await work() }
        return try await $current.withValue(TraceContext(parent: parent.child, requestID: newRequestID()), operation: work)
    }

    package var traceID: String { parent.traceID }
    package var spanID: String { parent.spanID }

    /// The header that hands this on.
    package var traceparent: String { parent.text }

    private static func newRequestID() -> String { UUID.random().text }

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
