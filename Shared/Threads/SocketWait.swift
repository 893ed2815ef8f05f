import Foundation

/// Waiting for a socket on the calling thread.
package enum SocketWait {
    package enum Outcome {
        case ready
        case timedOut
    }

    package struct Event: OptionSet, Sendable {
        package let rawValue: Int16

        package init(rawValue: Int16) {
            self.rawValue = rawValue
        }

        package static let read = Event(rawValue: Int16(POLLIN))
        package static let write = Event(rawValue: Int16(POLLOUT))
    }

    /// Blocks until the socket is ready, has failed (the next read tells how), or the time has come.
    package static func wait(for events: Event, on socket: Int32, until end: ContinuousClock.Instant) -> Outcome {
        guard socket >= 0 else { return .ready }
        while true {
            var descriptor = pollfd(fd: socket, events: events.rawValue, revents: 0)
            let ready = poll(&descriptor, 1, milliseconds(until: end))
            if ready > 0 { return .ready }
            if ready < 0, errno != EINTR { return .ready }
            if end <= .now { return .timedOut }
        }
    }

    /// Rounded up, so that a wait of less than a millisecond does not spin.
    private static func milliseconds(until end: ContinuousClock.Instant) -> Int32 {
        let rest = end - .now
        guard rest > .zero else { return 0 }
        let (seconds, attoseconds) = rest.components
        return Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
    }
}
