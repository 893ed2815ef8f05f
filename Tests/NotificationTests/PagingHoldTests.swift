import Contracts
import Foundation
import HTTPTypes
import Notification
import Postgres
import ServiceKit
import TestSupport
import Testing
import WorkQueue

@Suite struct PagingHoldTests {
    private static let hold = PagingHoldID.make(at: Samples.now)

    private static func hold(_ bench: Bench) async throws {
        try await bench.database.api.execute(
            "INSERT INTO notification.paging_hold (id, reason, held_at) VALUES (\(hold), 'restored', \(bench.now))")
    }

    private static func released(_ id: PagingHoldID, _ bench: Bench) async throws -> Bool {
        let release = PagingReleased(holdID: id, releasedBy: "alice@example.org", releasedAt: bench.now)
        return try await PagingReleaseStore(bench.database.api).take(release, at: bench.now)
    }

    @Test func heldSenderClaimsNothingAtAllAndLosesNothing() async throws {
        try await Bench.run { bench in
            try await Self.hold(bench)
            let page = Samples.page()
            let notice = Samples.page(kind: .notice, epoch: nil)
            try await bench.accept(page, notice)
            let channel = RecordingChannel(.email)
            // Nobody answers for permits, which alone would send the page anyway.
            let worker = bench.worker(channels: [channel], permits: RecordingPermits.silent)
            #expect(try await worker.tick(now: bench.now).handled == 0)
            #expect(channel.sent.isEmpty)
            #expect(try await bench.queued() == 2)
            #expect(try await Self.released(Self.hold, bench))
            _ = try await worker.tick(now: bench.now)
            #expect(channel.sent.count == 2)
        }
    }

    @Test func releaseOfAnotherHoldLiftsNothingAndTheSecondOneIsNone() async throws {
        try await Bench.run { bench in
            try await Self.hold(bench)
            #expect(try await !Self.released(.make(at: bench.now), bench))
            #expect(try await PagingReleaseStore.holds.latest(bench.database.api)?.stands == true)
            #expect(try await Self.released(Self.hold, bench))
            #expect(try await !Self.released(Self.hold, bench))
        }
    }

    @Test func pageThatExpiredMeanwhileIsToldAndANoticeIsSentAfterAll() async throws {
        try await Bench.run { bench in
            try await Self.hold(bench)
            let page = Samples.page()
            let notice = Samples.page(kind: .notice, epoch: nil)
            try await bench.accept(page, notice)
            bench.clock.advance(by: .seconds(7_200))
            #expect(try await Self.released(Self.hold, bench))
            let channel = RecordingChannel(.email)
            _ = try await bench.worker(channels: [channel]).tick(now: bench.now)
            #expect(channel.sent.map(\.pageID) == [notice.message.pageID])
            #expect(try await bench.state(of: page) == "expired expired")
            #expect(try await bench.outcomes().map(\.result) == [.expired])
        }
    }

    @Test func releaseIsADaemonsWordOnly() async throws {
        try await withNotification { api in
            let release = PagingReleased(holdID: Self.hold, releasedBy: "alice@example.org", releasedAt: Samples.now)
            let body = try WireJSON.encodeText(release)
            #expect(try await api.send(.post, InternalPath.pagingRelease, body, as: .admin).status == 403)
            let told = try await api.tell(InternalPath.pagingRelease, release)
            #expect(told.status == 200)
            #expect(told.json["released"] == .bool(false))
        }
    }
}
