import Contracts
import Foundation
import TestSupport
import Testing

extension KillTests {
    /// SHD-1 with real processes and work under way: what a daemon has begun it finishes, what it has not it hands back, so that unlike after a kill
    /// nothing is sent twice.
    @Test func nothingIsLostNorSentTwiceWhileEveryDaemonIsStoppedInTurn() async throws {
        try await ProcessSuite.run(settings: ["DRAIN_SECONDS": "\(Self.drainSeconds)"]) { suite in
            try await suite.schedule("chaos", primary: "alice")
            let load = Load(suite: suite, rate: Self.stopRate, seconds: Self.stopSeconds, senders: Self.senders)
            async let loading: Void = load.run()
            try await ContinuousClock().sleep(for: .seconds(1))
            var longest = Duration.zero
            for peer in Self.victims {
                let daemon = try suite.daemon(peer)
                let (code, took) = try await daemon.stop()
                #expect(code == 0, "\(peer.rawValue) ended with \(code)")
                #expect(took < Self.stopLimit, "\(peer.rawValue) took \(took)")
                longest = max(longest, took)
                try await daemon.start()
                try await daemon.ready()
            }
            try await loading
            try await Self.drain(suite, expected: load.accepted.count)
            let cutOff = try await suite.cluster.sql("SELECT id FROM notification.attempt WHERE state = 'in_doubt'")
            #expect(cutOff.isEmpty, "\(cutOff.count) calls of a provider were cut off")
            try await Self.judge(suite, load, "stop test: \(Self.victims.count) stops of at most \(longest)", duplicates: 0)
        }
    }

    /// Loopback's own drain is none, and with it no time in which a worker might go on claiming.
    private static let drainSeconds = 1
    /// Drain and nine seconds for what is under way; then it is cut off, and the exit code is 0 all the same.
    private static let stopLimit: Duration = .seconds(drainSeconds + 9)
    /// Half of what the kill test sends, so that the whole takes half a minute.
    private static let stopRate = 100
    /// Until the last daemon whose work it is is back: each takes its drain, its end and its start.
    private static let stopSeconds = 12
}
