import Auth
import Contracts
import Dispatch
import Foundation
import HTTPTypes
import IncidentManagement
import Postgres
import PrometheusMetrics
import ServiceKit
import TestSupport
import Testing

/// "Same time" by what is done, since a clock would only guess: the statements of a refusal and its comparison of a password.
@Suite struct RefusalCostTests {
    @Test func everyRefusedAPITokenCostsTheSameOneRead() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            var refused = ["unknown": APIToken.make(kind: .api).text.reveal()]
            let ends: [(String, String?)] = [("disabled", #"{"is_active":false}"#), ("deleted", nil)]
            for (name, change) in ends {
                let person = try await identity.person("\(name)@example.org", by: admin)
                refused[name] = try await mint(identity, name, by: person.token).token
                let path = "/api/v1/users/\(person.id)"
                _ = try await identity.call(change == nil ? .delete : .patch, path, change, token: admin)
            }
            let revoked = try await mint(identity, "revoked", by: admin)
            // Once good and used: nothing of that may stay.
            #expect(try await identity.get("/api/v1/users", token: revoked.token).status == .ok)
            _ = try await identity.call(.delete, "/api/v1/tokens/\(revoked.id)", token: admin)
            refused["revoked"] = revoked.token
            refused["expired"] = try await mint(identity, "expired", days: 1, by: admin).token
            identity.clock.advance(by: .seconds(86_400))
            for (name, token) in refused {
                for _ in 1...2 {
                    let before = await statements(identity)
                    #expect(try await identity.get("/api/v1/users", token: token).status == .unauthorized, "\(name)")
                    #expect(await statements(identity).since(before) == ["APITokenStore.row": 1], "\(name)")
                }
            }
        }
    }

    @Test func everyRefusedSignInCostsTheSameStatements() async throws {
        try await withIdentity { identity in
            var costs: [[String: Int]] = []
            for (name, password) in try await refusedSignIns(identity) {
                let before = await statements(identity)
                #expect(try await identity.logIn(name, password).status == .unauthorized)
                costs.append(await statements(identity).since(before))
            }
            #expect(costs.allSatisfy { $0 == costs[0] }, "\(costs)")
            #expect(costs[0]["UserStore.credential"] == 1 && costs[0]["AuditStore.append"] == 1)
        }
    }

    /// While no password can be compared, who would have compared one is put off; who answers 401 has not.
    @Test func everyRefusedSignInComparesAPassword() async throws {
        try await withIdentity { identity in
            let attempts = try await refusedSignIns(identity)
            let gate = DispatchSemaphore(value: 0)
            let jobs = PasswordHasher.concurrency + PasswordHasher.queueLimit
            defer { for _ in 0..<jobs { gate.signal() } }
            for _ in 0..<jobs {
                // A thread that has just answered is not free at once.
                while !identity.passwordThreads.start({ gate.wait() }) { await Task.yield() }
            }
            for (name, password) in attempts {
                #expect(try await identity.logIn(name, password).status == .tooManyRequests, "\(name)")
            }
            let busy = #"tocsin_logins_total{outcome="busy"} \#(attempts.count)"#
            #expect(await identity.metrics.exposition(.text).contains(busy))
        }
    }

    /// Unknown, wrong, impossible, and disabled with the right and with a wrong password.
    private func refusedSignIns(_ identity: IdentityFixture) async throws -> [(String, String)] {
        let admin = try await identity.admin()
        let bob = try await identity.person("bob@example.org", by: admin)
        _ = try await identity.call(.patch, "/api/v1/users/\(bob.id)", #"{"is_active":false}"#, token: admin)
        return [
            ("nobody@example.org", IdentityFixture.password), ("nobody", "wrong password"), ("root@example.org", "wrong password"),
            ("root", "wrong password"), ("root@example.org", "x"), ("bob@example.org", IdentityFixture.password),
            ("bob@example.org", "wrong password"),
        ]
    }

    private func mint(
        _ identity: IdentityFixture, _ name: String, days: Int = 30, by token: String
    ) async throws -> (id: String, token: String) {
        let made = try await identity.post("/api/v1/tokens", #"{"name":"\#(name)","expires_in_days":\#(days)}"#, token: token)
        return (try #require(made["id"]), try #require(made["token"]))
    }

    private func statements(_ identity: IdentityFixture) async -> StatementCounts {
        StatementCounts(exposition: await identity.metrics.exposition(.text))
    }
}
