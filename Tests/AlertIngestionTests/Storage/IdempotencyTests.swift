import AlertIngestion
import Contracts
import Foundation
import Postgres
import ServiceKit
import TestSupport
import Testing

@Suite struct IdempotencyTests {
    private func claim(_ key: String, scope: String = "integration:1", body: UInt8 = 1) throws -> RequestKey {
        try RequestKey(scope: scope, route: "alerts", key: key, bodyDigest: Data(repeating: body, count: 32))
    }

    @Test func theSecondTimeTheFirstAnswerIsGiven() async throws {
        try await Store.run { store in
            let submission = try Samples.submission([Samples.event()], idempotency: claim("k"))
            let first = try await store.accept.accept([submission], now: store.clock.now)[0]
            guard case .accepted(let outcomes, _) = first else { return }
            let expected = IngestAnswer(format: .native, outcomes: outcomes, quarantined: 0)
            let second = try await store.accept.accept([submission], now: store.clock.now)[0]
            #expect(second == .replayed(status: expected.status, body: expected.body))
            #expect(try await store.openAlerts().map(\.count) == [1])
        }
    }

    @Test func anotherBodyUnderTheKeyIsRefusedAndOtherScopesAreApart() async throws {
        try await Store.run { store in
            let claims = try [claim("k"), claim("k", body: 2), claim("k", scope: "integration:2"), claim("K")]
            var results: [SubmissionResult] = []
            for claim in claims {
                results += try await store.accept.accept([Samples.submission([Samples.event()], idempotency: claim)], now: store.clock.now)
            }
            #expect(results[1] == .keyReused)
            #expect(try await store.openAlerts().map(\.count) == [3])
        }
    }

    /// ING-3: 50 parallel twins.
    @Test func concurrentTwinsAreOneAlert() async throws {
        try await Store.run { store in
            let other = store.replica
            let submission = try Samples.submission([Samples.event()], idempotency: claim("k"))
            let results = try await withThrowingTaskGroup(of: SubmissionResult.self) { group in
                for index in 0..<50 {
                    let accept = index.isMultiple(of: 2) ? store.accept : other.accept
                    group.addTask { try await accept.accept([submission], now: Samples.start)[0] }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let fresh = results.filter { if case .accepted = $0 { true } else { false } }
            #expect(results.count == 50 && fresh.count == 1)
            #expect(Set(results).count == 2)
            #expect(try await store.openAlerts().map(\.count) == [1])
        }
    }
}
