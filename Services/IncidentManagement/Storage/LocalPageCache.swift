package import Foundation
import Synchronization

/// The pages this process has sent, the least recently used ones making room.
package final class LocalPageCache: PageCache {
    private struct Entry {
        let page: StampedPage
        let keptAt: Date
        let size: Int
        var use: UInt64
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var bytes = 0
        var uses: UInt64 = 0

        mutating func remove(_ question: String) {
            if let entry = entries.removeValue(forKey: question) { bytes -= entry.size }
        }
    }

    private let state = Mutex(State())

    package init() {}

    package func page(for question: String, now: Date) async -> StampedPage? {
        state.withLock { state in
            guard let entry = state.entries[question] else { return nil }
            guard now < entry.keptAt.addingTimeInterval(Double(PageCacheLimits.lifetime.components.seconds)) else {
                state.remove(question)
                return nil
            }
            state.uses += 1
            state.entries[question]?.use = state.uses
            return entry.page
        }
    }

    package func keep(_ page: StampedPage, for question: String, now: Date) async {
        let size = page.page.body.utf8.count
        guard size <= PageCacheLimits.longestPage else { return }
        state.withLock { state in
            state.remove(question)
            state.uses += 1
            state.entries[question] = Entry(page: page, keptAt: now, size: size, use: state.uses)
            state.bytes += size
            while state.entries.count > PageCacheLimits.pages || state.bytes > PageCacheLimits.bytes {
                guard let oldest = state.entries.min(by: { $0.value.use < $1.value.use })?.key else { return }
                state.remove(oldest)
            }
        }
    }

    /// Pages that are kept right now.
    package var count: Int { state.withLock { $0.entries.count } }
}
