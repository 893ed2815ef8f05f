package import Foundation

/// Something that looks for due work, does a bounded piece of it, and says how much; tests call ``tick(now:)`` themselves.
package protocol Worker: Sendable {
    /// Lower case with hyphens; the `worker` label of metrics and logs.
    var name: String { get }
    /// One that claims more than once, or begins what it claimed bit by bit, asks ``WorkerLoop/isStopAsked`` each time.
    func tick(now: Date) async throws -> TickReport
    /// Hears that its loop waits for the bell from now on: until the next tick, work may be given to it directly.
    func idles(at now: Date)
    /// Hears that there will be no more ticks, so that it hands back what it holds.
    func ends() async
}

extension Worker {
    package func idles(at now: Date) {}
    package func ends() async {}
}

/// What a tick did.
package struct TickReport: Sendable, Hashable {
    package var handled: Int
    /// There is more due: tick again at once.
    package var more: Bool
    /// It did not look for more: tick again after ``WorkerLoop/breather``.
    package var soon: Bool
    /// It left due work alone for now, as while a destination is down: other replicas may do it.
    package var rests: Bool

    package init(handled: Int, more: Bool = false, soon: Bool = false, rests: Bool = false) {
        self.handled = handled
        self.more = more
        self.soon = soon
        self.rests = rests
    }

    package static let idle = TickReport(handled: 0)
}

/// A failure that may be over the next time, such as a neighbour or database away; logged as a warning.
package protocol TransientFailure: Error {
    var isTransient: Bool { get }
}
