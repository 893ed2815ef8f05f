import AlertIngestion
import Contracts
import Foundation
import Postgres
import ServiceKit
import TestSupport
import Testing

@Suite struct ExpirySweeperTests {
    @Test func silentAlertsResolveAndReSentOnesDoNot() async throws {
        try await Store.run { store in
            let sweeper = ExpirySweeper(alerts: store.alerts, accept: store.accept)
            let end = store.clock.now + 240
            try await store.send([
                Samples.event("silent", expiresAt: end), Samples.event("again", expiresAt: end), Samples.event("native"),
            ])
            store.clock.advance(by: .seconds(239))
            #expect(try await sweeper.tick(now: store.clock.now).handled == 0)
            try await store.send([Samples.event("again", expiresAt: end + 240)])
            store.clock.advance(by: .seconds(1))
            #expect(try await sweeper.tick(now: store.clock.now).handled == 1)
            #expect(try await store.openAlerts().map(\.key.dedupKey.rawValue) == ["again", "native"])
            #expect(try await store.count("alert", where: "end_reason = 'expired'") == 1)
        }
    }

    @Test func theLastToExpireResolvesTheIncident() async throws {
        try await Store.run { store in
            let end = store.clock.now + 240
            try await store.send([Samples.event("a", expiresAt: end), Samples.event("b", expiresAt: end)])
            store.clock.advance(by: .seconds(300))
            _ = try await ExpirySweeper(alerts: store.alerts, accept: store.accept).tick(now: store.clock.now)
            let resolve = try #require(try await store.pending().last)
            #expect(resolve.kind == .resolve && resolve.groupSeq == 2 && resolve.alert.service == "checkout")
            #expect(resolve.alert.title.hasPrefix("Alert "))
        }
    }
}
