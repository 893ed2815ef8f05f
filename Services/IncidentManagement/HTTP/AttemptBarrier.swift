import Contracts
import Foundation
import ServiceKit

/// Holds back the answer to an acknowledge until attempts granted before it have begun or can no longer begin.
///
/// A grant is good for `PermitAnswer.validity`. A worker that got one just before the acknowledge may still be about to call its provider; if
/// the acknowledge were answered now, that page would reach the person after it. So the answer waits for the outcome of such attempts, at
/// most as long as a grant is good plus the time a call needs to reach the provider.
struct AttemptBarrier: Sendable {
    /// From the start of a call to its arrival at the provider: a connection and a request on a slow day.
    private static let settling: Duration = .milliseconds(250)
    private static let pause: Duration = .milliseconds(20)

    let permits: PermitStore

    func wait(for incident: IncidentID, changedAt: Date) async throws {
        let span = PermitAnswer.validity + Self.settling
        let deadline = ContinuousClock.now + span
        while ContinuousClock.now < deadline {
            let grant = try await permits.newestOpenGrant(of: incident, since: changedAt - span.inSeconds)
            if grant == nil { return }
            try await Task.sleep(for: Self.pause)
        }
    }
}
