import NIOCore
import Synchronization

/// Knows every connection of a server; above the limit the one that has been idle longest is closed, or the new one when all are busy.
final class ConnectionRegister: Sendable {
    private struct Entry {
        let channel: any Channel
        /// Grows with each change, so the smallest is the oldest; nil while a request is under way.
        var idleSince: UInt64?
    }

    private struct State {
        var entries: [ObjectIdentifier: Entry] = [:]
        var ticket: UInt64 = 0
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    var count: Int { state.withLock { $0.entries.count } }

    func add(_ channel: any Channel) {
        let surplus: (any Channel)? = state.withLock { state in
            state.ticket += 1
            guard state.entries.count >= limit else {
                state.entries[ObjectIdentifier(channel)] = Entry(channel: channel, idleSince: state.ticket)
                return nil
            }
            let idle = state.entries.filter { $0.value.idleSince != nil }
            guard let oldest = idle.min(by: { ($0.value.idleSince ?? 0) < ($1.value.idleSince ?? 0) }) else { return channel }
            state.entries[oldest.key] = nil
            state.entries[ObjectIdentifier(channel)] = Entry(channel: channel, idleSince: state.ticket)
            return oldest.value.channel
        }
        surplus?.close(promise: nil)
    }

    func remove(_ channel: any Channel) {
        state.withLock { $0.entries[ObjectIdentifier(channel)] = nil }
    }

    func isBusy(_ channel: any Channel) {
        state.withLock { $0.entries[ObjectIdentifier(channel)]?.idleSince = nil }
    }

    func isIdle(_ channel: any Channel) {
        state.withLock { state in
            state.ticket += 1
            state.entries[ObjectIdentifier(channel)]?.idleSince = state.ticket
        }
    }
}
