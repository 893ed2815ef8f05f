package import Auth
import Calendars
import Contracts
package import Foundation
package import Logging
package import ServiceKit

/// Reads calendars when they are due. What was read last stays until something better comes.
package struct CalendarFeedWorker: Worker {
    package let name = "calendar-feeds"
    /// A new feed is read at once; others wait for hours, so that a minute is nothing.
    package static let interval: Duration = .seconds(60)
    /// Feeds read at a time: their calls last ten seconds together, but one thread lists them one after another, up to seven seconds each. Two are
    /// done within a lease.
    static let slots = 2

    package struct Tools: Sendable {
        let store: CalendarFeedStore
        let source: any CalendarSource
        let lister: CalendarLister
        /// Nil where no key was given; then only uploads are read.
        let keys: SealingKeyRing?
        let metrics: CalendarMetrics
        let logger: Logger

        package init(
            store: CalendarFeedStore, source: any CalendarSource, lister: CalendarLister, keys: SealingKeyRing?, metrics: CalendarMetrics,
            logger: Logger
        ) {
            self.store = store
            self.source = source
            self.lister = lister
            self.keys = keys
            self.metrics = metrics
            self.logger = logger
        }
    }

    private let tools: Tools
    private let identity: String

    /// - Parameter identity: names this process in the rows it holds.
    package init(_ tools: Tools, identity: String) {
        self.tools = tools
        self.identity = identity
    }

    package func tick(now: Date) async throws -> TickReport {
        let (due, more) = try await tools.store.claim(now: now, limit: Self.slots, worker: identity)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for claimed in due { group.addTask { try await read(claimed, now: now) } }
            try await group.waitForAll()
        }
        return TickReport(handled: due.count, more: more)
    }

    private func read(_ claimed: CalendarFeedStore.Claimed, now: Date) async throws {
        let feed = claimed.feed
        do {
            let (listing, validators) = try await listing(of: feed, now: now)
            let next = nextReading(feed, failures: 0, now)
            try await tools.store.succeeded(claimed, listing, validators, resealed: resealed(feed), now: now, nextReadAt: next)
            tools.metrics.read(listing == nil ? .unchanged : .changed)
        } catch let fault as CalendarFault {
            try await fail(claimed, fault.rawValue, now)
        } catch let error as CalendarDownloadError {
            try await fail(claimed, error.label, now)
        } catch is SealFault {
            try await fail(claimed, "secret_key_unknown", now)
        }
    }

    /// What it says now; nil where that is what is known already.
    private func listing(of feed: DueCalendarFeed, now: Date) async throws -> (CalendarFeedStore.Listing?, CalendarFeedStore.Validators) {
        let known = CalendarFeedStore.Validators(etag: feed.etag, lastModified: feed.lastModified)
        guard let url = try url(of: feed) else { return (try await listing(feed.content, of: feed, now), known) }
        // The window has moved on since.
        let isOld = feed.listedAt.map { now.timeIntervalSince($0) >= CalendarFeed.uploadInterval } ?? true
        switch try await tools.source.calendar(at: url, feed.content == nil ? .init(etag: nil, lastModified: nil) : known) {
        case .content(let text, let validators):
            let listing = try await tools.lister.list(text, kind: feed.kind, zone: feed.zone, now: now)
            // Many servers know no tags and send the whole each time.
            return (isOld || listing.content != feed.content ? listing : nil, validators)
        case .unchanged:
            return (isOld ? try await listing(feed.content, of: feed, now) : nil, known)
        }
    }

    private func listing(_ content: String?, of feed: DueCalendarFeed, _ now: Date) async throws -> CalendarFeedStore.Listing? {
        guard let content else { return nil }
        return try await tools.lister.list(Data(content.utf8), kind: feed.kind, zone: feed.zone, now: now)
    }

    private func url(of feed: DueCalendarFeed) throws -> Secret? {
        guard let sealed = feed.url else { return nil }
        guard let keys = tools.keys else { throw SealFault.unknownKey }
        return try keys.open(sealed, for: .url(of: feed.id))
    }

    /// The URL under the current key where it was under an older one, so that the older may go.
    private func resealed(_ feed: DueCalendarFeed) throws -> SealedSecret? {
        guard let keys = tools.keys, let sealed = feed.url, keys.standing(of: sealed.keyID) == .previous else { return nil }
        return try keys.seal(try keys.open(sealed, for: .url(of: feed.id)), for: .url(of: feed.id))
    }

    private func fail(_ claimed: CalendarFeedStore.Claimed, _ problem: String, _ now: Date) async throws {
        let feed = claimed.feed
        try await tools.store.failed(claimed, problem: problem, now: now, nextReadAt: nextReading(feed, failures: feed.failures + 1, now))
        tools.metrics.read(.failed)
        guard feed.failures == 0 else { return }
        tools.logger.warning("calendar feed cannot be read", metadata: ["feed.id": "\(feed.id)", "error.reason": "\(problem)"])
    }

    private func nextReading(_ feed: DueCalendarFeed, failures: Int, _ now: Date) -> Date {
        CalendarFeed.nextReading(after: now, failures: failures, isUpload: feed.url == nil, chance: .random(in: 0...1))
    }
}
