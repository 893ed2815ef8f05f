import Foundation
import IncidentManagement
import Testing

@Suite struct LoginThrottleTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    @Test func pausesDoubleUpToAQuarterOfAnHour() {
        #expect(
            (1...18).map { LoginThrottle.pause(afterFailures: $0) } == [
                0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900,
            ])
        #expect(LoginThrottle.pause(afterFailures: .max) == 900)
    }

    /// Reliability AUT-4: at most 20 guesses an hour for one account.
    @Test func guesserWhoNeverRestsGetsEighteenGuessesAnHour() {
        var throttle = LoginThrottle()
        let guesses = (0..<3600).count { throttle.admit(at: start.addingTimeInterval(TimeInterval($0))) == .admitted }
        #expect(guesses <= 20)
        #expect(guesses >= LoginThrottle.freeFailures)
    }

    @Test func blockedSaysHowLong() {
        var throttle = LoginThrottle(failures: 8, blockedUntil: start.addingTimeInterval(4))
        #expect(throttle.admit(at: start) == .blocked(for: 4))
        #expect(throttle.failures == 8)
    }

    @Test func roundingOfAStoredInstantBlocksNobody() {
        var throttle = LoginThrottle(failures: 0, blockedUntil: start.addingTimeInterval(0.000_000_4))
        #expect(throttle.admit(at: start) == .admitted)
    }

    @Test func nobodyIsBlockedForEver() {
        var throttle = LoginThrottle(failures: 1000, blockedUntil: start.addingTimeInterval(900))
        #expect(throttle.admit(at: start.addingTimeInterval(900)) == .admitted)
    }

    @Test func anHourOfRestForgetsTheFailures() {
        var throttle = LoginThrottle(failures: 12, blockedUntil: start)
        #expect(throttle.admit(at: start.addingTimeInterval(3601)) == .admitted)
        #expect(throttle.failures == 1)
    }

    @Test func attemptGivenBackDoesNotCount() {
        var throttle = LoginThrottle(failures: 6, blockedUntil: start)
        _ = throttle.admit(at: start)
        throttle.giveBack(at: start)
        #expect(throttle.failures == 6)
        #expect(throttle.admit(at: start) == .admitted)
    }
}
