import Contracts
import Foundation
import Notification
import Postgres
import TestSupport
import Testing

@Suite struct InvariantTests {
    private static func broken(_ bench: Bench) async throws -> [InvariantFinding] {
        try await InvariantStore(bench.database.workers).inspect(at: bench.now).filter { $0.violations > 0 }
    }

    @Test func deliveryWhoseQueueRowWasLostIsQueuedAgain() async throws {
        try await Bench.run { bench in
            try await bench.accept(Samples.page())
            #expect(try await Self.broken(bench).isEmpty)
            let before = try await bench.queued()
            try await bench.database.api.execute("DELETE FROM notification.delivery_queue")
            #expect(try await Self.broken(bench) == [InvariantFinding("I3", violations: before, repaired: before)])
            #expect(try await bench.queued() == before)
            #expect(try await Self.broken(bench).isEmpty)
        }
    }

    @Test func deliveryThatIsOverLeavesTheQueue() async throws {
        try await Bench.run { bench in
            try await bench.accept(Samples.page())
            let waiting = try await bench.queued()
            try await bench.database.api.execute("UPDATE notification.delivery SET state = 'sent', settled_at = \(bench.now)")
            #expect(try await Self.broken(bench) == [InvariantFinding("I4", violations: waiting, repaired: waiting)])
            #expect(try await bench.queued() == 0)
        }
    }

    @Test func deliveryPastItsExpiryThatNobodyPutsAwayIsSeen() async throws {
        try await Bench.run { bench in
            try await bench.accept(Samples.page())
            bench.clock.advance(by: .seconds(86_400))
            #expect(try await Self.broken(bench).map(\.invariant) == ["I6"])
        }
    }
}
