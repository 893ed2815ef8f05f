import Contracts
import Foundation
import HTTPTypes
import IncidentManagement
import ServiceKit
import TestSupport
import Testing

@Suite struct SetupTests {
    @Test func chosenTokenMakesTheFirstAdminOnce() async throws {
        try await withIdentity { identity in
            let first = try await identity.setUp()
            #expect(first.status == .created)
            #expect(first["role"] == "admin")
            #expect(first.json["is_superuser"] == .bool(true))
            #expect(identity.announced.all.isEmpty)

            let second = try await identity.setUp(email: "other@example.org")
            #expect(second.status == .conflict)
            #expect(second.code == "already_set_up")
        }
    }

    @Test func generatedTokenIsPrintedAndWorks() async throws {
        try await withIdentity(settings: [:]) { identity in
            let line = try #require(identity.announced.all.first)
            let token = try #require(line.split(separator: " ").last)
            let made = try await identity.post(
                "/api/v1/auth/setup", #"{"token":"\#(token)","email":"root@example.org","password":"\#(IdentityFixture.password)"}"#
            )
            #expect(made.status == .created)
            try await identity.identity.prepare()
            #expect(identity.announced.all.count == 1)
        }
    }

    @Test func everyStartWithoutAnAdminPrintsATokenThatWorks() async throws {
        try await withIdentity(settings: [:]) { identity in
            try await identity.identity.prepare()
            let tokens = identity.announced.all.compactMap { $0.split(separator: " ").last }
            #expect(Set(tokens).count == 2)
            let made = try await identity.post(
                "/api/v1/auth/setup", #"{"token":"\#(tokens[0])","email":"root@example.org","password":"\#(IdentityFixture.password)"}"#
            )
            #expect(made.status == .created)
        }
    }

    @Test func tokenFromAFileWorks() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "setup-\(UUID().uuidString)")
        try Data((IdentityFixture.setupToken + "\n").utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try await withIdentity(settings: ["SETUP_TOKEN_FILE": file.path]) { identity in
            let answer = try await identity.setUp()
            #expect(answer.status == .created)
            #expect(identity.announced.all.isEmpty)
        }
    }

    @Test func wrongTokenMakesNobody() async throws {
        try await withIdentity { identity in
            let answer = try await identity.post(
                "/api/v1/auth/setup", #"{"token":"guess","email":"root@example.org","password":"correct horse"}"#
            )
            #expect(answer.status == .forbidden)
            #expect(answer.code == "wrong_setup_token")
            #expect(try await identity.logIn("root@example.org", "correct horse").status == .unauthorized)
        }
    }

    @Test func oldTokenIsRefused() async throws {
        try await withIdentity { identity in
            identity.clock.advance(by: .seconds(8 * 86_400))
            let answer = try await identity.setUp()
            #expect(answer.code == "wrong_setup_token")
        }
    }

    @Test func twoSetUpsAtOnceMakeOneAdmin() async throws {
        try await withIdentity { identity in
            async let one = identity.setUp(email: "one@example.org")
            async let two = identity.setUp(email: "two@example.org")
            let statuses = try await [one.status, two.status]
            #expect(statuses.count { $0 == .created } == 1)
            #expect(statuses.count { $0 == .conflict } == 1)
        }
    }

    @Test(arguments: [
        [:], ["INTERNAL_SECRET": ""], ["INTERNAL_SECRET": "short"], ["INTERNAL_SECRET": "changeme-changeme-changeme-changeme"],
        ["INTERNAL_SECRET": String(repeating: "a", count: 64)],
        ["INTERNAL_SECRET": IdentityFixture.secret, "PASSWORD_PEPPER": "short"],
    ])
    func badSecretsStopTheStart(_ values: [String: String]) throws {
        let error = #expect(throws: ConfigurationError.self) { try IdentityConfiguration(Settings(values)) }
        #expect(error?.key == (values["PASSWORD_PEPPER"] == nil ? "INTERNAL_SECRET" : "PASSWORD_PEPPER"))
        for value in values.values where !value.isEmpty { #expect(error?.description.contains(value) == false) }
    }

    @Test(arguments: ["short", "changeme-changeme-changeme-changeme"])
    func badSetupTokenStopsTheStart(_ token: String) throws {
        let configuration = try IdentityConfiguration(
            Settings(["INTERNAL_SECRET": IdentityFixture.secret, "SETUP_TOKEN": token])
        )
        #expect(throws: ConfigurationError.self) { try configuration.setupToken() }
    }
}
