import Contracts
import Foundation
import HTTPTypes
import IncidentManagement
import Postgres
import ServiceKit
import TestSupport
import Testing

@Suite struct AuditTests {
    @Test func everyActionLeavesALine() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let bob = try await identity.person("bob@example.org", by: admin)
            _ = try await identity.logIn("bob@example.org", "wrong password")
            _ = try await identity.call(
                .patch, "/api/v1/users/\(bob.id)", #"{"role":"viewer"}"#, token: admin, headers: [.requestID: "change-1"]
            )
            let minted = try await identity.post("/api/v1/tokens", #"{"name":"ci"}"#, token: admin)
            _ = try await identity.call(.delete, "/api/v1/tokens/\(minted["id"] ?? "")", token: admin)
            _ = try await identity.call(.delete, "/api/v1/users/\(bob.id)", token: admin)
            let lines = try await identity.get("/api/v1/audit", token: admin).json.array ?? []
            #expect(
                lines.compactMap { $0["action"]?.string } == [
                    "user.delete", "api_token.revoke", "api_token.create", "user.change", "session.refuse", "session.open", "user.create",
                    "session.open", "user.create",
                ]
            )
            let change = lines[3]
            #expect(change["actor"] == .string("root@example.org"))
            #expect(change["object"] == .string("user:\(bob.id)"))
            #expect(change["request_id"] == .string("change-1"))
            #expect(change["before"]?["role"] == .string("responder"))
            #expect(change["after"]?["role"] == .string("viewer"))
        }
    }

    @Test func tokensThatEndWithTheirOwnerOrForTheirNameLeaveALineToo() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let bob = try await identity.person("bob@example.org", by: admin)
            let made = #"{"name":"ci","expires_in_days":1}"#
            let old = try #require(try await identity.post("/api/v1/tokens", made, token: bob.token)["id"])
            identity.clock.advance(by: .seconds(32 * 86_400))
            let later = try #require(try await identity.logIn()["access_token"])
            let bobs = try #require(try await identity.logIn("bob@example.org")["access_token"])
            #expect(try await identity.post("/api/v1/tokens", made, token: later).status == .created)
            let other = try #require(try await identity.post("/api/v1/tokens", #"{"name":"cd"}"#, token: bobs)["id"])
            #expect(try await identity.call(.delete, "/api/v1/users/\(bob.id)", token: later).status == .noContent)
            let lines = try await identity.get("/api/v1/audit?action=api_token.revoke", token: later).json.array ?? []
            #expect(lines.map { $0["object"]?.string } == ["api_token:\(other)", "api_token:\(old)"])
            #expect(lines.map { $0["after"]?["reason"]?.string } == ["owner_deleted", "name_reused"])
            #expect(lines.allSatisfy { $0["before"]?["owner_id"]?.string == bob.id && $0["actor"]?.string == "root@example.org" })
        }
    }

    @Test func noSecretIsRecorded() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let minted = try await identity.post("/api/v1/tokens", #"{"name":"ci"}"#, token: admin)
            let me = try #require(try await identity.get("/api/v1/users/me", token: admin)["id"])
            _ = try await identity.call(.patch, "/api/v1/users/\(me)", #"{"password":"another fine one"}"#, token: admin)
            _ = try await identity.logIn("typed my passphrase here", "x")
            let rows = try await identity.database.api.values(String.self, "SELECT to_jsonb(a)::text FROM incident.audit AS a")
            let text = rows.joined()
            for secret in [try #require(minted["token"]), "another fine one", "typed my passphrase", "$2b$", IdentityFixture.password] {
                #expect(!text.contains(secret))
            }
        }
    }

    @Test(arguments: ["UPDATE incident.audit SET actor = 'nobody'", "DELETE FROM incident.audit", "TRUNCATE incident.audit"])
    func linesCannotBeChanged(_ statement: String) async throws {
        try await withIdentity { identity in
            try await identity.setUp()
            let error = await #expect(throws: PostgresError.self) {
                try await identity.database.api.execute("\(unsafeSQL: statement)")
            }
            #expect(error?.sqlState == "23001")
        }
    }

    @Test func failedChangeLeavesNoLine() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let me = try #require(try await identity.get("/api/v1/users/me", token: admin)["id"])
            _ = try await identity.call(.delete, "/api/v1/users/\(me)", token: admin)
            let lines = try await identity.get("/api/v1/audit?action=user.delete", token: admin)
            #expect(lines.json.array == [])
        }
    }

    @Test func listIsFilteredAndPaged() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            for _ in 0..<3 { _ = try await identity.logIn() }
            let first = try await identity.get("/api/v1/audit?action=session.open&limit=3", token: admin)
            #expect(first.json.array?.count == 3)
            let link = try #require(first.headers[.link])
            let rest = try await identity.get(String(link.dropFirst().prefix { $0 != ">" }), token: admin)
            #expect(rest.json.array?.count == 1)
            #expect(rest.headers[.link] == nil)
            #expect(try await identity.get("/api/v1/audit?cursor=x", token: admin).status == .badRequest)
        }
    }
}
