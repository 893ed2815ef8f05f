import Contracts
import Foundation
import TestSupport
import Testing

/// What a person sees of the daemons, as real processes.
@Suite(.serialized) struct DashboardTests {
    @Test func aDaemonThatDiedIsUnreachableAndTheOthersAreOk() async throws {
        // Without a contact of last resort incident-management is degraded.
        try await ProcessSuite.run(settings: ["FALLBACK_CONTACT": "mailto:noc@example.org"]) { suite in
            let browser = try await suite.browser()
            let allWell = Dictionary(uniqueKeysWithValues: Peer.allCases.map { ($0.rawValue, "ok") })
            try await eventually("all five are ok") { try await browser.daemons() == allWell }
            try suite.daemon(.onCall).signal(SIGKILL)
            let oneDead = allWell.merging([Peer.onCall.rawValue: "unreachable"]) { _, given in given }
            try await eventually("\(Peer.onCall.rawValue) alone is unreachable") { try await browser.daemons() == oneDead }
        }
    }
}
