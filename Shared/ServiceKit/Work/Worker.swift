package import Foundation

/// Something that looks for due work, does a bounded piece of it, and says how much; tests call ``tick(now:)`` themselves.
package protocol Worker: Sendable {
    /// Lower case with hyphens; the `worker` label of metrics and logs.
    var name: String { get }
    func tick(now: Date) async throws -> TickReport
}

/// What a tick did.
package struct TickReport: Sendable, Hashable {
    package var handled: Int
    /// There is more due: tick again at once.
    package var more: Bool

    package init(handled: Int, more: Bool = false) {
        self.handled = handled
        self.more = more
    }

    package static let idle = TickReport(handled: 0)
}

/// A failure that may be over the next time, such as a neighbour or database away; logged as a warning.
package protocol TransientFailure: Error {
    var isTransient: Bool { get }
}
