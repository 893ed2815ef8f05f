import Auth
import Contracts
import Foundation
import Logging
import OnCall
import Postgres
import PrometheusMetrics
import ServiceKit
import Synchronization
import TestSupport
import Testing
import WorkQueue

/// Feeds are read when they are due, once, and what was read stays until something better comes.
@Suite struct CalendarFeedWorkerTests {
    private static let url = Secret("https://calendar.example.org/private-4711/basic.ics")
    private static let old = Secret("an old key of the tests that is long enough")
    private static let new = Secret("a new key of the tests that is long enough")

    private static func text(_ lines: String...) -> Data {
        let all = ["BEGIN:VCALENDAR", "BEGIN:VEVENT"] + lines + ["END:VEVENT", "END:VCALENDAR", ""]
        return Data(all.joined(separator: "\r\n").utf8)
    }

    private static func calendar(_ day: String) -> CalendarDownload {
        .content(text("UID:1", "SUMMARY:Secret", "DTSTART;VALUE=DATE:\(day)"), .init(etag: "\"\(day)\"", lastModified: nil))
    }

    @Test func feedIsReadOnceByTwoReplicasAndAgainAfterSixHours() async throws {
        try await withFeed { feed async throws in
            feed.source.answers([Self.calendar("20260310"), .unchanged])
            async let first = feed.tick(worker: "a")
            async let second = feed.tick(worker: "b")
            let reports = try await [first, second]
            #expect(reports.map(\.handled).sorted() == [0, 1])
            #expect(feed.source.asked.count == 1)
            let stored = try await feed.stored()
            #expect(stored.readAt == feed.clock.now && stored.entries == 1 && stored.problem == nil)
            let pause = stored.nextReadAt.timeIntervalSince(feed.clock.now)
            #expect((0.8 * 21_600...1.2 * 21_600).contains(pause))
            #expect(try await feed.days() == ["bob@example.org 2026-03-10T00:00:00Z"])
            feed.clock.advance(by: .seconds(3600))
            #expect(try await feed.tick().handled == 0)
            feed.clock.advance(by: .seconds(7 * 3600))
            #expect(try await feed.tick().handled == 1)
            #expect(feed.source.asked.last == .init(etag: "\"20260310\"", lastModified: nil))
            #expect(try await feed.stored().readAt == feed.clock.now)
            #expect(try await feed.days() == ["bob@example.org 2026-03-10T00:00:00Z"])
        }
    }

    @Test(arguments: ["timeout", "refused_404", "not_a_calendar"])
    func failureIsShownAndKeepsWhatWasKnown(_ problem: String) async throws {
        try await withFeed { feed async throws in
            feed.source.answers([Self.calendar("20260310")])
            _ = try await feed.tick()
            let before = feed.clock.now
            for failures in 1...3 {
                feed.clock.advance(by: .seconds(8 * 3600))
                if problem == "not_a_calendar" {
                    feed.source.answers([.content(Data("<html>Sign in</html>".utf8), .init(etag: "\"new\"", lastModified: nil))])
                } else {
                    feed.source.fail(problem)
                }
                #expect(try await feed.tick().handled == 1)
                let stored = try await feed.stored()
                #expect(stored.problem == problem && stored.readAt == before && stored.entries == 1)
                #expect(stored.nextReadAt.timeIntervalSince(feed.clock.now) <= 300 * Double(1 << (failures - 1)) * 1.2 + 0.001)
                #expect(try await feed.days() == ["bob@example.org 2026-03-10T00:00:00Z"])
            }
            #expect(try await feed.store.failing() == 1)
            feed.clock.advance(by: .seconds(8 * 3600))
            feed.source.answers([Self.calendar("20260311")])
            _ = try await feed.tick()
            // The validators of the answer that was none are not believed.
            #expect(feed.source.asked.last == .init(etag: "\"20260310\"", lastModified: nil))
            let stored = try await feed.stored()
            #expect(stored.problem == nil && stored.failingSince == nil)
            #expect(try await feed.days() == ["bob@example.org 2026-03-11T00:00:00Z"])
            #expect(try await feed.store.failing() == 0)
        }
    }

    /// A server without tags sends the whole each time.
    @Test func sameTextIsWrittenOnceADay() async throws {
        try await withFeed { feed async throws in
            let start = feed.clock.now
            for (hours, listed) in [(0.0, 0.0), (8, 0), (16, 0), (24, 24), (32, 24)] {
                feed.clock.set(start.addingTimeInterval(hours * 3600))
                feed.source.answers([.content(Self.text("DTSTART;VALUE=DATE:20260310"), .init(etag: nil, lastModified: nil))])
                #expect(try await feed.tick().handled == 1)
                #expect(try await feed.stored().readAt == feed.clock.now)
                let at = try await feed.lane.one(ListedAt.self, "SELECT listed_at FROM oncall.calendar_feed").at
                #expect(at == start.addingTimeInterval(listed * 3600), "after \(hours) hours")
            }
        }
    }

    /// A year later the window has moved, and the feed still says "unchanged".
    @Test func unchangedFeedIsListedAnewAsTheWindowMovesOn() async throws {
        try await withFeed { feed async throws in
            let text = Self.text("DTSTART;VALUE=DATE:20250310", "RRULE:FREQ=YEARLY")
            feed.source.answers([.content(text, .init(etag: "\"1\"", lastModified: nil))])
            _ = try await feed.tick()
            #expect(try await feed.days() == ["bob@example.org 2026-03-10T00:00:00Z", "bob@example.org 2027-03-10T00:00:00Z"])
            feed.clock.advance(by: .seconds(366 * 86_400))
            feed.source.answers([.unchanged])
            _ = try await feed.tick()
            #expect(try await feed.days() == ["bob@example.org 2027-03-10T00:00:00Z", "bob@example.org 2028-03-10T00:00:00Z"])
        }
    }

    /// People are paid by it: no later reading changes a holiday that is over, and none is lost with its calendar.
    @Test func holidaysThatAreOverStay() async throws {
        try await withFeed(.holiday) { feed async throws in
            feed.source.answers([
                .content(
                    Self.text("DTSTART;VALUE=DATE:20251231", "RDATE;VALUE=DATE:20260310,20261225"), .init(etag: nil, lastModified: nil))
            ])
            _ = try await feed.tick()
            #expect(try await feed.holidays() == ["2025-12-31", "2026-03-10", "2026-12-25"])
            feed.clock.advance(by: .seconds(200 * 86_400))
            feed.source.answers([Self.calendar("20261003"), Self.calendar("20261226")])
            _ = try await feed.tick()
            #expect(try await feed.holidays() == ["2025-12-31", "2026-03-10", "2026-10-03"])
            feed.clock.advance(by: .seconds(86_400))
            _ = try await feed.tick()
            #expect(try await feed.holidays() == ["2025-12-31", "2026-03-10", "2026-12-26"])
            let id = try await feed.stored().feed.id
            #expect(try await feed.store.remove(id, now: feed.clock.now))
            #expect(try await feed.holidays() == ["2026-03-10"], "what it said of the time before it came goes with it")
            #expect(try await feed.store.list(team: nil, person: nil, limit: 10).isEmpty)
            #expect(try await !feed.store.remove(id, now: feed.clock.now))
            feed.clock.advance(by: .seconds(400 * 86_400))
            #expect(try await feed.tick().handled == 0)
            let retention = OnCallRetention(keep: 400 * 86_400, feed.lane)
            for job in retention.jobs { _ = try await job.run(now: feed.clock.now) }
            #expect(try await feed.holidays().isEmpty)
            #expect(
                try await feed.lane.one(RowCount.self, "SELECT count(*) AS count FROM oncall.calendar_feed").count == 1,
                "not removed so long")
        }
    }

    @Test func urlComesUnderTheNewKeyWhenItIsRead() async throws {
        try await withFeed { feed async throws in
            feed.source.answers([Self.calendar("20260310"), Self.calendar("20260310")])
            _ = try await feed.tick(keys: SealingKeyRing(current: Self.new, previous: [Self.old]))
            feed.clock.advance(by: .seconds(8 * 3600))
            _ = try await feed.tick(keys: SealingKeyRing(current: Self.new))
            #expect(try await feed.stored().problem == nil)
            feed.clock.advance(by: .seconds(8 * 3600))
            _ = try await feed.tick(keys: SealingKeyRing(current: Self.old))
            #expect(try await feed.stored().problem == "secret_key_unknown")
            #expect(feed.source.asked.count == 2)
        }
    }

    private struct Feed: Sendable {
        let store: CalendarFeedStore
        let absences: TimeOffStore
        let lane: PostgresLane
        let source: FakeSource
        let clock: ManualClock
        let factory = PrometheusMetricsFactory()

        func tick(worker: String = "a", keys: SealingKeyRing = SealingKeyRing(current: old)) async throws -> TickReport {
            let tools = CalendarFeedWorker.Tools(
                store: store, source: source, lister: CalendarLister(), keys: keys, metrics: CalendarMetrics(factory), logger: .quiet)
            return try await CalendarFeedWorker(tools, identity: worker).tick(now: clock.now)
        }

        func stored() async throws -> StoredCalendarFeed {
            try #require(try await store.list(team: nil, person: nil, limit: 10).first)
        }

        func holidays() async throws -> [String] {
            let years = try instant("2025-10-01T00:00:00Z")..<instant("2027-12-31T00:00:00Z")
            return try await absences.holidays(in: years).days.map(\.date.description)
        }

        func days() async throws -> [String] {
            let all = Date(timeIntervalSince1970: 0)..<Date(timeIntervalSince1970: 4_000_000_000)
            return try await absences.timeOff(in: all).map { "\($0.person) \($0.span.lowerBound.rfc3339)" }
        }
    }

    private func withFeed(
        _ kind: CalendarFeed.Kind = .timeOff, _ body: @Sendable @escaping (Feed) async throws -> Void
    ) async throws {
        try await withDatabase(migrations: [(schema: OnCallMigrations.schema, OnCallMigrations.all)]) { database in
            let clock = ManualClock(try instant("2026-03-02T12:00:00Z"))
            let lane = database.database(schema: OnCallMigrations.schema).workers
            let store = CalendarFeedStore(lane)
            let feed = CalendarFeed(
                id: .make(at: clock.now), kind: kind, name: "Bob's", scope: .person("bob@example.org"), zoneName: "UTC",
                host: "calendar.example.org", createdBy: "alice", createdAt: clock.now)
            let sealed = try SealingKeyRing(current: Self.old).seal(Self.url, for: .url(of: feed.id))
            _ = try await store.add(feed, url: sealed, nextReadAt: clock.now)
            try await body(Feed(store: store, absences: TimeOffStore(lane), lane: lane, source: FakeSource(), clock: clock))
        }
    }
}

private struct ListedAt: RowDecodable {
    let at: Date

    init(row: PostgresRow) throws {
        at = try row("listed_at")
    }
}

private struct RowCount: RowDecodable {
    let count: Int

    init(row: PostgresRow) throws {
        count = try row("count")
    }
}

/// The web in the test's hands; answers what it was given, in order.
private final class FakeSource: CalendarSource {
    private struct State {
        var answers: [Result<CalendarDownload, CalendarDownloadError>] = []
        var asked: [CalendarFeedStore.Validators] = []
    }

    private let state = Mutex(State())

    var asked: [CalendarFeedStore.Validators] { state.withLock { $0.asked } }

    func answers(_ answers: [CalendarDownload]) {
        state.withLock { $0.answers += answers.map { .success($0) } }
    }

    func fail(_ label: String) {
        state.withLock { $0.answers.append(.failure(CalendarDownloadError(label))) }
    }

    func calendar(at url: Secret, _ known: CalendarFeedStore.Validators) async throws -> CalendarDownload {
        guard url.reveal().hasSuffix("private-4711/basic.ics") else { throw CalendarDownloadError("another_url") }
        return try state.withLock { state in
            state.asked.append(known)
            guard !state.answers.isEmpty else { throw CalendarDownloadError("nothing_left") }
            return try state.answers.removeFirst().get()
        }
    }
}
