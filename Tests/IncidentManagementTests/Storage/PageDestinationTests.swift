import Contracts
import Foundation
import IncidentManagement
import Logging
import Postgres
import PrometheusMetrics
import ServiceClients
import ServiceKit
import Synchronization
import TestSupport
import Testing
import WorkQueue

/// What becomes of pages that Notification does not take.
@Suite struct PageDestinationTests {
    private func relay(_ rig: IncidentRig, _ clock: ManualClock, answering refusals: [Int]) -> (OutboxRelay, Answers) {
        let answers = Answers(refusals)
        let destination = PageDestination(answers, outcomes: rig.outcomes, clock: clock)
        let relay = OutboxRelay(
            outbox: rig.outbox, database: rig.database.workers, destinations: [destination], clock: clock, worker: "relay",
            metrics: PrometheusMetricsFactory(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        return (relay, answers)
    }

    /// A changed secret, a proxy that redirects, a release that is not there yet.
    @Test(arguments: [401, 403, 404, 409, 302, 501])
    func pageOutlastsARefusalThatIsNotAboutIt(status: Int) async throws {
        try await IncidentRig.run { rig in
            try await rig.open(1)
            try await rig.settle([rig.engine()], at: .example)
            let clock = ManualClock(.example)
            let (relay, answers) = relay(rig, clock, answering: [status, status, status])
            for _ in 1...4 {
                _ = try await relay.tick(now: clock.now)
                clock.advance(by: .seconds(60))
            }
            #expect(answers.taken == 1)
            #expect(try await rig.count("SELECT count(*) FROM incident.outbox_dead") == 0)
            #expect(try await rig.count("SELECT count(*) FROM incident.outbox WHERE destination = 'notification.pages'") == 0)
        }
    }

    @Test(arguments: [400, 413, 422])
    func pageThatIsNeverTakenMakesTheNextLevelDueAtOnce(status: Int) async throws {
        try await IncidentRig.run { rig in
            let id = try await rig.open(1)[0]
            try await rig.settle([rig.engine()], at: .example)
            let clock = ManualClock(.example + 1)
            let (relay, _) = relay(rig, clock, answering: Array(repeating: status, count: 2))
            _ = try await relay.tick(now: clock.now)
            #expect(try await rig.count("SELECT count(*) FROM incident.outbox_dead") == 1)
            #expect(try await rig.count("SELECT count(*) FROM incident.page WHERE status = 'exhausted'") == 1)
            let incident = try await rig.incidents.find(.id(id))
            #expect(incident.escalation.nextStepAt == .example + 1)
            #expect(incident.notificationStatus == .failed)
            #expect(try await rig.timeline(id).contains(.notifyFailed))
        }
    }
}

/// Notification's answers, one refusal a call until they are used up.
private final class Answers: PageTaker {
    private let state: Mutex<(refusals: [Int], taken: Int)>

    init(_ refusals: [Int]) { state = Mutex((refusals, 0)) }

    var taken: Int { state.withLock { $0.taken } }

    func take(_ batch: PageBatch) async throws(ClientError) {
        let refusal = state.withLock { state -> Int? in
            if !state.refusals.isEmpty { return state.refusals.removeFirst() }
            state.taken += batch.items.count
            return nil
        }
        if let refusal { throw ClientError(.refused(status: refusal)) }
    }
}
