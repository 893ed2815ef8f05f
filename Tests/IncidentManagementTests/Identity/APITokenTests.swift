import Contracts
import Foundation
import HTTPTypes
import IncidentManagement
import ServiceKit
import TestSupport
import Testing

@Suite struct APITokenTests {
    private func mint(
        _ identity: IdentityFixture, _ name: String = "ci", role: String = "viewer", days: Int = 30, by token: String
    ) async throws -> (id: String, token: String) {
        let made = try await identity.post(
            "/api/v1/tokens", #"{"name":"\#(name)","role":"\#(role)","expires_in_days":\#(days)}"#, token: token
        )
        #expect(made.status == .created)
        return (try #require(made["id"]), try #require(made["token"]))
    }

    @Test func tokenIsShownOnceAndActsForItsOwner() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let made = try await mint(identity, role: "admin", by: admin)
            #expect(made.token.hasPrefix("tcs_api_"))
            #expect(try await identity.get("/api/v1/users/me", token: made.token)["email"] == "root@example.org")
            #expect(try await identity.get("/api/v1/audit", token: made.token).status == .ok)
            let list = try await identity.get("/api/v1/tokens", token: admin)
            #expect(!list.text.contains(made.token))
            #expect(list.json.array?.first?["name"] == .string("ci"))
            #expect(list.json.array?.first?["last_used_at"] != nil)
        }
    }

    @Test func apiKeyHeaderIsAccepted() async throws {
        try await withIdentity { identity in
            let made = try await mint(identity, by: try await identity.admin())
            #expect(try await identity.call(.get, "/api/v1/users", headers: [.apiKey: made.token]).status == .ok)
        }
    }

    @Test func roleOfTheTokenIsTheLimit() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let viewer = try await mint(identity, role: "viewer", by: admin)
            #expect(try await identity.get("/api/v1/users", token: viewer.token).status == .ok)
            #expect(try await identity.get("/api/v1/audit", token: viewer.token).status == .forbidden)
            #expect(
                try await identity.call(.patch, "/api/v1/users/me", #"{"locale":"de"}"#, token: viewer.token).code == "account_required")
        }
    }

    @Test func roleOfTheOwnerIsTheLimitToo() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let bob = try await identity.person("bob@example.org", role: "admin", by: admin)
            let token = try await mint(identity, role: "admin", by: bob.token)
            _ = try await identity.call(.patch, "/api/v1/users/\(bob.id)", #"{"role":"viewer"}"#, token: admin)
            #expect(try await identity.get("/api/v1/audit", token: token.token).status == .forbidden)
            _ = try await identity.call(.patch, "/api/v1/users/\(bob.id)", #"{"is_active":false}"#, token: admin)
            #expect(try await identity.get("/api/v1/users", token: token.token).status == .unauthorized)
        }
    }

    @Test func nobodyMintsMoreThanTheirOwnRole() async throws {
        try await withIdentity { identity in
            let bob = try await identity.person("bob@example.org", by: try await identity.admin())
            let answer = try await identity.post("/api/v1/tokens", #"{"name":"x","role":"admin"}"#, token: bob.token)
            #expect(answer.status == .unprocessableContent)
        }
    }

    @Test func expiredTokenIsRefused() async throws {
        try await withIdentity { identity in
            let made = try await mint(identity, days: 1, by: try await identity.admin())
            identity.clock.advance(by: .seconds(86_399))
            #expect(try await identity.get("/api/v1/users", token: made.token).status == .ok)
            identity.clock.advance(by: .seconds(1))
            #expect(try await identity.get("/api/v1/users", token: made.token).status == .unauthorized)
        }
    }

    @Test func tokenMadeWithATokenDoesNotOutliveIt() async throws {
        try await withIdentity { identity in
            let parent = try await mint(identity, "parent", days: 1, by: try await identity.admin())
            let child = try await mint(identity, "child", days: 30, by: parent.token)
            identity.clock.advance(by: .seconds(86_399))
            #expect(try await identity.get("/api/v1/users", token: child.token).status == .ok)
            identity.clock.advance(by: .seconds(1))
            #expect(try await identity.get("/api/v1/users", token: child.token).status == .unauthorized)
        }
    }

    @Test func revokedTokenIsRefusedOnTheNextCallWithAllItMade() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let parent = try await mint(identity, "parent", role: "admin", by: admin)
            let child = try await mint(identity, "child", role: "viewer", by: parent.token)
            #expect(try await identity.get("/api/v1/users", token: child.token).status == .ok)
            #expect(try await identity.call(.delete, "/api/v1/tokens/\(parent.id)", token: admin).status == .noContent)
            #expect(try await identity.get("/api/v1/users", token: parent.token).status == .unauthorized)
            #expect(try await identity.get("/api/v1/users", token: child.token).status == .unauthorized)
            #expect(try await identity.call(.delete, "/api/v1/tokens/\(parent.id)", token: admin).status == .notFound)
        }
    }

    @Test func peopleSeeAndRevokeTheirOwnOnly() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let bob = try await identity.person("bob@example.org", by: admin)
            let mine = try await mint(identity, "bobs", by: bob.token)
            let other = try await mint(identity, "roots", by: admin)
            #expect(try await identity.get("/api/v1/tokens", token: bob.token).json.array?.count == 1)
            #expect(try await identity.get("/api/v1/tokens", token: admin).json.array?.count == 2)
            #expect(try await identity.call(.delete, "/api/v1/tokens/\(other.id)", token: bob.token).status == .notFound)
            #expect(try await identity.call(.delete, "/api/v1/tokens/\(mine.id)", token: bob.token).status == .noContent)
        }
    }

    @Test func tokenReachesNoTokenThatMayMore() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let strong = try await mint(identity, "strong", role: "admin", by: admin)
            let weak = try await mint(identity, "weak", by: admin)
            let equal = try await mint(identity, "equal", by: admin)
            let seen = try await identity.get("/api/v1/tokens", token: weak.token).json.array?.compactMap { $0["name"]?.string }
            #expect(Set(seen ?? []) == ["weak", "equal"])
            #expect(try await identity.call(.delete, "/api/v1/tokens/\(strong.id)", token: weak.token).status == .notFound)
            #expect(try await identity.get("/api/v1/users", token: strong.token).status == .ok)
            #expect(try await identity.call(.delete, "/api/v1/tokens/\(equal.id)", token: weak.token).status == .noContent)
            #expect(try await identity.call(.delete, "/api/v1/tokens/\(weak.id)", token: strong.token).status == .noContent)
        }
    }

    @Test func tokenWhoseOwnerWasDemotedReachesItselfStill() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let bob = try await identity.person("bob@example.org", role: "admin", by: admin)
            let token = try await mint(identity, "Deploy", role: "admin", by: bob.token)
            let twin = try await mint(identity, "twin", role: "admin", by: bob.token)
            _ = try await identity.call(.patch, "/api/v1/users/\(bob.id)", #"{"role":"viewer"}"#, token: admin)
            let seen = try await identity.get("/api/v1/tokens", token: token.token)
            #expect(seen.json.array?.compactMap { $0["id"]?.string } == [token.id])
            #expect(try await identity.call(.delete, "/api/v1/tokens/\(twin.id)", token: token.token).status == .notFound)
            #expect(try await identity.call(.delete, "/api/v1/tokens/\(token.id)", token: token.token).status == .noContent)
            #expect(try await identity.get("/api/v1/tokens", token: token.token).status == .unauthorized)
        }
    }

    @Test func listIsPagedByCursor() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            for name in ["first", "second", "third"] {
                identity.clock.advance(by: .milliseconds(2))
                _ = try await mint(identity, name, by: admin)
            }
            let page = try await identity.get("/api/v1/tokens?limit=2", token: admin)
            #expect(page.json.array?.compactMap { $0["name"]?.string } == ["third", "second"])
            let link = try #require(page.headers[.link])
            let rest = try await identity.get(String(link.dropFirst().prefix { $0 != ">" }), token: admin)
            #expect(rest.json.array?.compactMap { $0["name"]?.string } == ["first"])
            #expect(rest.headers[.link] == nil)
            #expect(try await identity.get("/api/v1/tokens?cursor=x", token: admin).status == .badRequest)
        }
    }

    @Test func expiredTokenLeavesTheListAndItsNameAfterThirtyDays() async throws {
        try await withIdentity { identity in
            _ = try await mint(identity, days: 1, by: try await identity.admin())
            identity.clock.advance(by: .seconds(31 * 86_400 - 1))
            let before = try #require(try await identity.logIn()["access_token"])
            #expect(try await identity.get("/api/v1/tokens", token: before).json.array?.count == 1)
            #expect(try await identity.post("/api/v1/tokens", #"{"name":"CI"}"#, token: before).code == "token_name_taken")
            identity.clock.advance(by: .seconds(1))
            #expect(try await identity.get("/api/v1/tokens", token: before).json.array == [])
            _ = try await mint(identity, "CI", by: before)
        }
    }

    @Test func namesAreUniqueAmongLiveTokens() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let first = try await mint(identity, by: admin)
            #expect(try await identity.post("/api/v1/tokens", #"{"name":"CI"}"#, token: admin).code == "token_name_taken")
            _ = try await identity.call(.delete, "/api/v1/tokens/\(first.id)", token: admin)
            _ = try await mint(identity, by: admin)
        }
    }

    @Test func refreshTokenIsNoAPIToken() async throws {
        try await withIdentity { identity in
            try await identity.setUp()
            let token = try #require(try await identity.logIn()["refresh_token"])
            #expect(try await identity.get("/api/v1/users", token: token).status == .unauthorized)
        }
    }
}
