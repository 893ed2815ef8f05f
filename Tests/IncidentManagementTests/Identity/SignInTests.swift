import Contracts
import Foundation
import HTTPTypes
import IncidentManagement
import PrometheusMetrics
import Testing

@Suite struct SignInTests {
    @Test func rightPasswordSignsIn() async throws {
        try await withIdentity { identity in
            try await identity.setUp()
            let answer = try await identity.logIn()
            #expect(answer.status == .ok)
            #expect(answer["token_type"] == "bearer")
            #expect(answer.json["expires_in"]?.integer == 600)
            #expect(answer.headers[.cacheControl] == "no-store")
            let token = try #require(answer["access_token"])
            let me = try await identity.post("/api/v1/auth/test-token", token: token)
            #expect(me["email"] == "root@example.org")
        }
    }

    @Test(arguments: ["ROOT@example.org", " root@example.org ", "ｒｏｏｔ@example.org", "root", "Root"])
    func anySpellingAndTheUserNameSignIn(_ name: String) async throws {
        try await withIdentity { identity in
            try await identity.setUp()
            #expect(try await identity.logIn(name).status == .ok)
        }
    }

    @Test func formSignsInAsWell() async throws {
        try await withIdentity { identity in
            try await identity.setUp()
            let answer = try await identity.call(
                .post, "/api/v1/auth/login/access-token", "grant_type=password&username=root%40example.org&password=correct+horse+battery",
                type: "application/x-www-form-urlencoded"
            )
            #expect(answer.status == .ok)
            #expect(answer["access_token"] != nil)
        }
    }

    @Test func shortPathAnswersToo() async throws {
        try await withIdentity { identity in
            try await identity.setUp()
            let answer = try await identity.post(
                "/v1/auth/login/access-token", #"{"username":"root","password":"\#(IdentityFixture.password)"}"#
            )
            #expect(answer.status == .ok)
        }
    }

    @Test func unknownWrongAndDisabledGetTheSameAnswer() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let bob = try await identity.person("bob@example.org", by: admin)
            _ = try await identity.call(.patch, "/api/v1/users/\(bob.id)", #"{"is_active":false}"#, token: admin)
            let answers = [
                try await identity.logIn("nobody@example.org"), try await identity.logIn("root@example.org", "wrong password"),
                try await identity.logIn("bob@example.org"), try await identity.logIn("root@example.org", "x"),
                try await identity.logIn("root@example.org", String(repeating: "long", count: 100)),
            ]
            for answer in answers {
                #expect(answer.status == .unauthorized)
                #expect(answer.code == "unauthorized")
                #expect(Self.withoutRequestID(answer) == Self.withoutRequestID(answers[0]))
            }
        }
    }

    @Test(arguments: [
        #"{"username":"root"}"#, #"{"password":"correct horse"}"#, #"{"username":"root","password":5}"#,
        #"{"username":"root","password":"correct horse","role":"admin"}"#, #"{"username":"","password":"correct horse"}"#,
    ])
    func oddBodiesAre422(_ body: String) async throws {
        try await withIdentity { identity in
            let answer = try await identity.post("/api/v1/auth/login/access-token", body)
            #expect(answer.status == .unprocessableContent)
        }
    }

    @Test func longBodiesAre413() async throws {
        try await withIdentity { identity in
            let body = #"{"username":"root","password":"\#(String(repeating: "x", count: 1_000_000))"}"#
            let answer = try await identity.post("/api/v1/auth/login/access-token", body)
            #expect(answer.status == .contentTooLarge)
        }
    }

    @Test func outcomesAreCounted() async throws {
        try await withIdentity { identity in
            try await identity.setUp()
            _ = try await identity.logIn()
            _ = try await identity.logIn("root@example.org", "wrong password")
            let text = await identity.metrics.exposition(.text)
            #expect(text.contains(#"tocsin_logins_total{outcome="succeeded"} 1"#))
            #expect(text.contains(#"tocsin_logins_total{outcome="wrong_password"} 1"#))
            #expect(text.contains(#"tocsin_logins_total{outcome="busy"} 0"#))
            #expect(text.contains(#"tocsin_refreshes_total{outcome="reused"} 0"#))
        }
    }

    private static func withoutRequestID(_ answer: Answer) -> [JSONValue.Member] {
        (answer.json.members ?? []).filter { $0.key != "request_id" }
    }
}
