import AlertIngestion
import Contracts
import Foundation
import Postgres
import ServiceKit
import TestSupport
import Testing

/// The formats let nothing through that the tables refuse, so a constraint of the test's own stands for what nobody foresaw.
@Suite struct BisectTests {
    private func poison(_ store: Store) async throws {
        try await store.server.administrator().api.execute(
            "ALTER TABLE alerting.alert ADD CONSTRAINT poison CHECK (dedup_key NOT LIKE 'poison%') NOT VALID")
    }

    @Test func oneBadSubmissionFailsAlone() async throws {
        try await Store.run { store in
            try await poison(store)
            let keys = (0..<40).map { $0 == 17 ? "poison" : "good-\($0)" }
            let results = await store.accept.acceptEach(keys.map { Samples.submission([Samples.event($0)]) }, now: store.clock.now)
            for (key, result) in zip(keys, results) {
                switch result {
                case .success: #expect(key != "poison")
                case .failure(let error): #expect(key == "poison" && (error as? PostgresError)?.constraint == "poison")
                }
            }
            #expect(try await store.counts("alert", "open_alert") == [39, 39])
            #expect(try await store.openGroups().map(\.alertCount) == [39])
        }
    }

    @Test func aVendorsBatchIsStoredWithoutItsBadAlertsWhichAreQuarantined() async throws {
        try await Store.run { store in
            try await poison(store)
            let events = (0..<20).map { Samples.event([3, 11].contains($0) ? "poison-\($0)" : "good-\($0)") }
            let claim = try RequestKey(scope: "s", route: "r", key: "k", bodyDigest: Data(repeating: 1, count: 32))
            let submission = Samples.submission(events, format: .alertmanagerWebhook, idempotency: claim)
            let result = try await store.accept.acceptEach([submission], now: store.clock.now)[0].get()
            guard case .accepted(let outcomes, let quarantined) = result else { return }
            #expect(outcomes.count == 18 && quarantined == 2)
            #expect(try await store.count("alert") == 18)
            let entries = try await QuarantineStore(db: store.database.api).list(limit: 10)
            #expect(Set(entries.map(\.position)) == [3, 11] && entries.allSatisfy { $0.faults[0].detail.contains("23514") })
            let again = try await store.accept.acceptEach([submission], now: store.clock.now)[0].get()
            guard case .replayed(200, let body) = again else { return }
            #expect(body.contains(#""quarantined":2"#))
        }
    }

    @Test func anAlertSetAsideIsFoundAtItsPlaceInTheBodyBehindItemsThatCouldNotBeRead() async throws {
        try await Store.run { store in
            try await poison(store)
            var submission = Samples.submission(["good", "poison", "fine"].map { Samples.event($0) }, format: .postableAlerts)
            submission.quarantined = [0, 2].map { QuarantinedItem(index: $0, raw: "{}", faults: [FieldFault(pointer: "", detail: "odd")]) }
            _ = try await store.accept.acceptEach([submission], now: store.clock.now)[0].get()
            let entries = try await QuarantineStore(db: store.database.api).list(limit: 10)
            let refused = entries.filter { $0.faults[0].detail.contains("23514") }
            #expect(refused.map(\.position) == [3] && refused.first?.faults[0].pointer == "/3" && entries.count == 3)
        }
    }
}
