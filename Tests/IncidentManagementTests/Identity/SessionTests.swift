import Auth
import Contracts
import Foundation
import HTTPTypes
import IncidentManagement
import Postgres
import TestSupport
import Testing

@Suite struct SessionTests {
    private func refresh(_ identity: IdentityFixture, _ token: String, agent: String = "laptop") async throws -> Answer {
        try await identity.call(
            .post, "/api/v1/auth/refresh", #"{"refresh_token":"\#(token)"}"#, headers: [.userAgent: agent]
        )
    }

    private func signedIn(_ identity: IdentityFixture) async throws -> (access: String, refresh: String) {
        try await identity.setUp()
        let answer = try await identity.logIn()
        return (try #require(answer["access_token"]), try #require(answer["refresh_token"]))
    }

    private func isGood(_ identity: IdentityFixture, _ access: String) async throws -> Bool {
        try await identity.post("/api/v1/auth/test-token", token: access).status == .ok
    }

    @Test func refreshGivesNewTokens() async throws {
        try await withIdentity { identity in
            let first = try await signedIn(identity)
            identity.clock.advance(by: .seconds(601))
            #expect(try await !isGood(identity, first.access))
            let second = try await refresh(identity, first.refresh)
            #expect(second.status == .ok)
            #expect(second["refresh_token"] != first.refresh)
            #expect(try await isGood(identity, try #require(second["access_token"])))
        }
    }

    @Test func reuseRevokesTheFamily() async throws {
        try await withIdentity { identity in
            let first = try await signedIn(identity)
            let second = try #require(try await refresh(identity, first.refresh)["refresh_token"])
            identity.clock.advance(by: .seconds(11))
            #expect(try await refresh(identity, first.refresh).status == .unauthorized)
            #expect(try await refresh(identity, second).status == .unauthorized)
            let audit = try await identity.database.api.values(
                String.self, "SELECT action FROM incident.audit WHERE action = 'session.reuse'")
            #expect(audit.count == 1)
        }
    }

    @Test func anotherClientsReuseRevokesAtOnce() async throws {
        try await withIdentity { identity in
            let first = try await signedIn(identity)
            let second = try #require(try await refresh(identity, first.refresh)["refresh_token"])
            #expect(try await refresh(identity, first.refresh, agent: "thief").status == .unauthorized)
            #expect(try await refresh(identity, second).status == .unauthorized)
        }
    }

    @Test func sameClientMayRetryForTenSeconds() async throws {
        try await withIdentity { identity in
            let first = try await signedIn(identity)
            let second = try #require(try await refresh(identity, first.refresh)["refresh_token"])
            identity.clock.advance(by: .seconds(9))
            let sibling = try #require(try await refresh(identity, first.refresh)["refresh_token"])
            #expect(sibling != second)
            #expect(try await refresh(identity, second).status == .ok)
            #expect(try await refresh(identity, sibling).status == .ok)
        }
    }

    @Test func otherSessionsSurviveARevokedFamily() async throws {
        try await withIdentity { identity in
            let first = try await signedIn(identity)
            let other = try #require(try await identity.logIn()["refresh_token"])
            _ = try await refresh(identity, first.refresh)
            _ = try await refresh(identity, first.refresh, agent: "thief")
            #expect(try await refresh(identity, other).status == .ok)
        }
    }

    @Test func sessionEndsAfterThirtyDaysHoweverOftenRefreshed() async throws {
        try await withIdentity { identity in
            var token = try await signedIn(identity).refresh
            for _ in 0..<29 {
                identity.clock.advance(by: .seconds(86_400))
                token = try #require(try await refresh(identity, token)["refresh_token"])
            }
            identity.clock.advance(by: .seconds(86_400))
            #expect(try await refresh(identity, token).status == .unauthorized)
        }
    }

    @Test(arguments: ["", "x", "tcs_refresh_0000000000000000000000000000000000000000000_000000"])
    func madeUpTokensAreRefused(_ token: String) async throws {
        try await withIdentity { identity in
            let status = try await refresh(identity, token).status
            #expect(status == (token.isEmpty ? .unprocessableContent : .unauthorized))
        }
    }

    @Test func logoutEndsTheSessionAndTheAccessTokenAtOnce() async throws {
        try await withIdentity { identity in
            let tokens = try await signedIn(identity)
            let other = try await identity.logIn()
            let answer = try await identity.post(
                "/api/v1/auth/logout", #"{"refresh_token":"\#(tokens.refresh)"}"#, token: tokens.access
            )
            #expect(answer.status == .noContent)
            #expect(try await !isGood(identity, tokens.access))
            #expect(try await refresh(identity, tokens.refresh).status == .unauthorized)
            #expect(try await isGood(identity, try #require(other["access_token"])))
            #expect(try await refresh(identity, try #require(other["refresh_token"])).status == .ok)
        }
    }

    @Test func logoutWithoutRefreshTokenEndsAllSessions() async throws {
        try await withIdentity { identity in
            let tokens = try await signedIn(identity)
            let other = try #require(try await identity.logIn()["refresh_token"])
            #expect(try await identity.post("/api/v1/auth/logout", token: tokens.access).status == .noContent)
            #expect(try await refresh(identity, tokens.refresh).status == .unauthorized)
            #expect(try await refresh(identity, other).status == .unauthorized)
        }
    }

    @Test func logoutWorksAfterTheAccessTokenExpired() async throws {
        try await withIdentity { identity in
            let tokens = try await signedIn(identity)
            identity.clock.advance(by: .seconds(3600))
            #expect(try await identity.post("/api/v1/auth/logout", #"{"refresh_token":"\#(tokens.refresh)"}"#).status == .noContent)
            #expect(try await refresh(identity, tokens.refresh).status == .unauthorized)
            #expect(try await identity.post("/api/v1/auth/logout").status == .unauthorized)
        }
    }

    @Test func passwordChangeSignsOutEverywhere() async throws {
        try await withIdentity { identity in
            let tokens = try await signedIn(identity)
            identity.clock.advance(by: .milliseconds(5))
            let body = #"{"password":"another fine one","current_password":"\#(IdentityFixture.password)"}"#
            #expect(try await identity.call(.patch, "/api/v1/users/me", body, token: tokens.access).status == .ok)
            #expect(try await !isGood(identity, tokens.access))
            #expect(try await refresh(identity, tokens.refresh).status == .unauthorized)
            #expect(try await identity.logIn().status == .unauthorized)
            let again = try await identity.logIn("root@example.org", "another fine one")
            #expect(try await isGood(identity, try #require(again["access_token"])))
        }
    }

    /// What an admin may do while a password is being compared.
    private static let endings = [[#"{"password":"another fine one"}"#], [#"{"is_active":false}"#, #"{"is_active":true}"#]]

    @Test(arguments: endings) func signInInFlightDoesNotSurviveWhatEndsSessions(_ changes: [String]) async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let bob = try await identity.person("bob@example.org", by: admin)
            let verified = try await credential(identity, "bob@example.org")
            for body in changes { #expect(try await identity.call(.patch, "/api/v1/users/\(bob.id)", body, token: admin).status == .ok) }
            let sessions = SessionStore(identity.database.api)
            #expect(try await sessions.open(for: verified, origin: origin(identity)) == nil)
            let now = try await credential(identity, "bob@example.org")
            #expect(try await sessions.open(for: now, origin: origin(identity)) != nil)
        }
    }

    @Test func passwordChangeInFlightDoesNotUndoAnotherOne() async throws {
        try await withIdentity { identity in
            try await identity.setUp()
            let users = UserStore(identity.database.api)
            let verified = try await credential(identity, "root@example.org")
            let change = try UserChange(byAdmin: .object([]))
            let id = verified.user.id
            _ = try await users.change(id, change, passwordHash: "first", verified: verified, origin: origin(identity))
            await #expect(throws: IdentityError.wrongCurrentPassword) {
                try await users.change(id, change, passwordHash: "second", verified: verified, origin: origin(identity))
            }
            #expect(try await credential(identity, "root@example.org").passwordHash == "first")
        }
    }

    private func credential(_ identity: IdentityFixture, _ name: String) async throws -> UserStore.Credential {
        try #require(try await UserStore(identity.database.api).credential(of: LoginName(name)))
    }

    private func origin(_ identity: IdentityFixture) -> AuditOrigin {
        AuditOrigin(actor: "test", requestID: nil, remoteAddress: nil, at: identity.clock.now)
    }

    @Test func wrongCurrentPasswordChangesNothing() async throws {
        try await withIdentity { identity in
            let tokens = try await signedIn(identity)
            let body = #"{"password":"another fine one","current_password":"not the one"}"#
            let answer = try await identity.call(.patch, "/api/v1/users/me", body, token: tokens.access)
            #expect(answer.status == .unprocessableContent)
            #expect(try await identity.logIn().status == .ok)
        }
    }
}
