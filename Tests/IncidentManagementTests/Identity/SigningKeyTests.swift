import Auth
import Contracts
import Foundation
import HTTPTypes
import IncidentManagement
import Logging
import Postgres
import PrometheusMetrics
import ServiceKit
import TestSupport
import Testing

@Suite struct SigningKeyTests {
    private func another(_ identity: IdentityFixture, secret: String = IdentityFixture.secret) throws -> Identity {
        try Identity(
            database: identity.database, settings: Settings(["INTERNAL_SECRET": secret]), clock: identity.clock,
            metrics: PrometheusMetricsFactory(), logger: .quiet,
            passwordCost: 4, announce: identity.announced.add
        )
    }

    @Test func publishedKeysVerifyAnIssuedToken() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let keys = try await identity.get(InternalPath.jwks)
            #expect(keys.status == .ok)
            #expect(!keys.text.contains(#""d""#))
            let verifier = try AccessTokenVerifier(jwks: keys.text, issuer: "tocsin")
            let me = try await identity.get("/api/v1/users/me", token: admin)["id"]
            #expect(await verifier.verify(admin, now: identity.clock.now)?.description == me)
            #expect(await verifier.verify(admin, now: identity.clock.now.addingTimeInterval(601)) == nil)
        }
    }

    @Test func instancesThatStartAtOnceMakeOneKey() async throws {
        try await withIdentity { identity in
            try await identity.database.api.execute("DELETE FROM incident.signing_key")
            let instances = try (0..<6).map { _ in try another(identity) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for instance in instances { group.addTask { try await instance.prepare() } }
                try await group.waitForAll()
            }
            let count = try await identity.database.api.value(Int.self, "SELECT count(*) FROM incident.signing_key")
            #expect(count == 1)
        }
    }

    @Test func keyIsSealedInTheDatabase() async throws {
        try await withIdentity { identity in
            let row = try #require(try await identity.database.api.query("SELECT kid, sealed FROM incident.signing_key").first)
            let sealed: Data = try row("sealed")
            let kid: String = try row("kid")
            // nonce 12, key 32, tag 16
            #expect(sealed.count == 60)
            let seal = SigningKeySeal(secret: Secret(IdentityFixture.secret))
            #expect(try seal.open(sealed, kid: kid).count == 32)
            #expect(throws: BrokenSeal.self) { try seal.open(sealed, kid: "another") }
            #expect(throws: BrokenSeal.self) { try SigningKeySeal(secret: Secret("another")).open(sealed, kid: kid) }
        }
    }

    @Test func anotherSecretStopsTheStartAndNamesTheKey() async throws {
        try await withIdentity { identity in
            let stranger = try another(identity, secret: "Zx81-" + IdentityFixture.secret)
            let error = await #expect(throws: ConfigurationError.self) { try await stranger.prepare() }
            #expect(error?.key == "INTERNAL_SECRET")
        }
    }

    @Test func issueTimeIsKnownToTheMillisecond() async throws {
        let issuer = try AccessTokenIssuer(privateKey: AccessTokenIssuer.makePrivateKey(), keyID: "k", issuer: "tocsin")
        let now = Date(timeIntervalSince1970: 1_800_000_000.123)
        let token = try await issuer.issue(user: .make(at: now), role: .viewer, now: now, lifetime: .seconds(600))
        let issued = try #require(IssueTime.of(token))
        #expect(abs(issued.timeIntervalSince(now)) < 0.0015)
        #expect(IssueTime.of("a.b.c") == nil)
        #expect(IssueTime.of("") == nil)
    }
}
