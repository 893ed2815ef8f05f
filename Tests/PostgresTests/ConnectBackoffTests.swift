import Postgres
import Testing

/// The pauses between attempts to connect (DBF-5).
@Suite struct ConnectBackoffTests {
    private func milliseconds(_ pause: Duration) -> Double { pause / .milliseconds(1) }

    @Test func nobodyPausesBeforeTheFirstFailureNorAfterASuccess() {
        let backoff = ConnectBackoff()
        #expect(backoff.pause() == .zero)
        #expect(backoff.failed())
        #expect(!backoff.failed())
        #expect(backoff.pause() > .zero)
        #expect(backoff.succeeded())
        #expect(!backoff.succeeded())
        #expect(backoff.pause() == .zero)
    }

    @Test func theLongestPauseDoublesUpToASecondAndAHalfAndTheShortestStays() {
        let backoff = ConnectBackoff()
        for longest in [200, 400, 800, 1_500, 1_500] as [Double] {
            backoff.failed()
            #expect(abs(milliseconds(backoff.pause(chance: 1)) - longest) < 1)
            #expect(abs(milliseconds(backoff.pause(chance: 0)) - 100) < 1)
        }
        for _ in 0..<10_000 { backoff.failed() }
        #expect(abs(milliseconds(backoff.pause(chance: 1)) - 1_500) < 1)
    }

    @Test func pausesAreSpreadSoThatReplicasDoNotKnockTogether() {
        let backoff = ConnectBackoff()
        for _ in 0..<10 { backoff.failed() }
        let pauses = (0..<200).map { _ in milliseconds(backoff.pause()) }
        #expect(pauses.allSatisfy { (99...1_501).contains($0) })
        // By chance in one of 10^12 runs.
        #expect(pauses.contains { $0 < 300 } && pauses.contains { $0 > 1_300 })
    }
}
