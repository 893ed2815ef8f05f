import Contracts
import Foundation
import HTTPTypes
import IncidentManagement
import Postgres
import TestSupport
import Testing

@Suite struct APITokenRaceTests {
    @Test func tokenMadeWhileItsMakerIsBeingRevokedIsRevokedToo() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let parent = try await identity.post("/api/v1/tokens", #"{"name":"parent"}"#, token: admin)
            let (id, maker) = (try #require(parent["id"]), try #require(parent["token"]))
            let (child, revocation) = try await inTurn(
                identity, { try await identity.post("/api/v1/tokens", #"{"name":"child"}"#, token: maker) },
                { try await identity.call(.delete, "/api/v1/tokens/\(id)", token: admin) })
            #expect(child.status == .created && revocation.status == .noContent)
            for token in [maker, try #require(child["token"])] {
                #expect(try await identity.get("/api/v1/users", token: token).status == .unauthorized)
            }
            #expect(try await identity.get("/api/v1/tokens", token: admin).json.array == [])
        }
    }

    @Test func tokenThatIsBeingRevokedMakesNone() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let parent = try await identity.post("/api/v1/tokens", #"{"name":"parent"}"#, token: admin)
            let (id, maker) = (try #require(parent["id"]), try #require(parent["token"]))
            // Used before, so that it need not be noted now that it is.
            #expect(try await identity.get("/api/v1/users", token: maker).status == .ok)
            let (revocation, child) = try await inTurn(
                identity, { try await identity.call(.delete, "/api/v1/tokens/\(id)", token: admin) },
                { try await identity.post("/api/v1/tokens", #"{"name":"child"}"#, token: maker) })
            #expect(revocation.status == .noContent && child.status == .forbidden)
            #expect(try await identity.get("/api/v1/tokens", token: admin).json.array == [])
        }
    }

    /// A caller is recognised by the request's head and may hold back its body until the owner has made another token of that name.
    @Test func tokenThatWasRevokedAfterItsHeadDoesNotPassForTheNextOfItsName() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let leaked = try #require(try await identity.post("/api/v1/tokens", #"{"name":"ci"}"#, token: admin)["token"])
            let request = try await identity.administrator.api.transaction { tx in
                try await tx.execute("SELECT id FROM incident.app_user FOR UPDATE")
                let request = Task { try await identity.post("/api/v1/tokens", #"{"name":"child"}"#, token: leaked) }
                try await untilWaiting(identity, 1)
                try await tx.execute("UPDATE incident.api_token SET revoked_at = now()")
                try await tx.execute(
                    """
                    INSERT INTO incident.api_token (id, digest, name, role, owner_id, created_at, expires_at)
                    SELECT gen_random_uuid(), repeat('0', 64), name, role, owner_id, created_at, expires_at FROM incident.api_token
                    """
                )
                return request
            }
            #expect(try await request.value.status == .forbidden)
            let left = try await identity.get("/api/v1/tokens", token: admin).json.array
            #expect(left?.compactMap { $0["name"]?.string } == ["ci"])
        }
    }

    @Test func whoIsBeingDeletedMakesNoTokenThatKeepsItsName() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let bob = try await identity.person("bob@example.org", by: admin)
            let (deletion, made) = try await inTurn(
                identity, { try await identity.call(.delete, "/api/v1/users/\(bob.id)", token: admin) },
                { try await identity.post("/api/v1/tokens", #"{"name":"ci"}"#, token: bob.token) })
            #expect(deletion.status == .noContent && made.status == .forbidden)
            #expect(try await identity.post("/api/v1/tokens", #"{"name":"ci"}"#, token: admin).status == .created)
        }
    }

    /// Begins the second while the first has written all but its line of the record, and lets both end.
    private func inTurn(
        _ identity: IdentityFixture, _ first: @escaping @Sendable () async throws -> Answer,
        _ second: @escaping @Sendable () async throws -> Answer
    ) async throws -> (Answer, Answer) {
        let (one, other) = try await identity.administrator.api.transaction { tx in
            try await tx.execute("LOCK TABLE incident.audit IN SHARE MODE")
            let one = Task { try await first() }
            try await untilWaiting(identity, 1)
            let other = Task { try await second() }
            try await untilWaiting(identity, 2)
            return (one, other)
        }
        return (try await one.value, try await other.value)
    }

    private func untilWaiting(_ identity: IdentityFixture, _ count: Int) async throws {
        let waiting: SQL = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        let patience = ContinuousClock.now + .seconds(20)
        while try await identity.administrator.api.value(Int.self, waiting) < count {
            try #require(ContinuousClock.now < patience, "nobody waits for anybody")
            await Task.yield()
        }
    }
}
