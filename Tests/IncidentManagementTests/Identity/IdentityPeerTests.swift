import Auth
import Contracts
import Foundation
import HTTPTypes
import IncidentManagement
import ServiceKit
import TestSupport
import Testing

@Suite struct IdentityPeerTests {
    private func ask<Answer: Decodable>(
        _ identity: IdentityFixture, _ path: String, _ question: some Encodable, as: Answer.Type = Answer.self
    ) async throws -> Answer {
        let token = try identity.internalTokens.make(from: .onCall, to: .incidentManagement)
        let answer = try await identity.post(path, try WireJSON.encodeText(question), token: token)
        #expect(answer.status == .ok)
        return try WireJSON.decode(fromText: answer.text)
    }

    @Test func daemonsLearnWhatAUserIsWorth() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let bob = try await identity.person("bob@example.org", by: admin)
            let question = StandingQuestion(kind: .user, subject: bob.id)
            let standing: Standing = try await ask(identity, InternalPath.standing, question)
            #expect(standing.role == .responder)
            #expect(standing.email == "bob@example.org")
            _ = try await identity.call(.patch, "/api/v1/users/\(bob.id)", #"{"is_active":false}"#, token: admin)
            #expect(try await ask(identity, InternalPath.standing, question, as: Standing.self) == .none)
        }
    }

    @Test func daemonsLearnWhatATokenIsWorth() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let made = try await identity.post("/api/v1/tokens", #"{"name":"ci","role":"responder"}"#, token: admin)
            let token = APIToken(made["token"] ?? "")
            let question = StandingQuestion(kind: .apiToken, subject: try #require(token?.digest))
            let standing: Standing = try await ask(identity, InternalPath.standing, question)
            #expect(standing.role == .responder)
            #expect(standing.name == "ci")
            #expect(standing.email == "root@example.org", "whose it is")
            _ = try await identity.call(.delete, "/api/v1/tokens/\(made["id"] ?? "")", token: admin)
            #expect(try await ask(identity, InternalPath.standing, question, as: Standing.self) == .none)
        }
    }

    @Test(arguments: ["", "x", "01970000-0000-7000-8000-000000000000"])
    func nobodyIsWorthNothing(_ subject: String) async throws {
        try await withIdentity { identity in
            for kind in [StandingQuestion.Kind.user, .apiToken] {
                let standing: Standing = try await ask(identity, InternalPath.standing, StandingQuestion(kind: kind, subject: subject))
                #expect(standing == .none)
            }
        }
    }

    @Test func handlesAreResolvedInAnySpelling() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let bob = try await identity.person("bob@example.org", by: admin)
            _ = try await identity.call(.patch, "/api/v1/users/\(bob.id)", #"{"is_active":false}"#, token: admin)
            let question = RecipientQuestion(handles: ["Root", "root", "ROOT@example.org", "bob", "nobody", "", "root"])
            let answer: RecipientAnswer = try await ask(identity, InternalPath.recipients, question)
            #expect(Set(answer.users.keys) == ["Root", "root", "ROOT@example.org", "bob"])
            #expect(answer.users["Root"]?.email == "root@example.org")
            #expect(answer.users["bob"]?.isActive == false)
        }
    }

    @Test func peopleMayNotAskAsDaemons() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let foreign = try identity.internalTokens.make(from: .onCall, to: .notification)
            for path in [InternalPath.standing, InternalPath.recipients] {
                #expect(try await identity.post(path, "{}").status == .unauthorized)
                #expect(try await identity.post(path, "{}", token: admin).status == .forbidden)
                #expect(try await identity.post(path, "{}", token: foreign).status == .unauthorized)
            }
        }
    }

    /// What whoever asks holds a handle against first.
    @Test(arguments: [
        ((0..<101).map { "p\($0)" }, false), ((0..<100).map { "p\($0)" }, true), ([String(repeating: "€", count: 106)], true),
        ([String(repeating: "€", count: 107)], false),
    ])
    func tooManyAndTooLongHandlesAreRefused(_ handles: [String], _ isAnswered: Bool) async throws {
        try await withIdentity { identity in
            let token = try identity.internalTokens.make(from: .onCall, to: .incidentManagement)
            let question = try WireJSON.encodeText(RecipientQuestion(handles: handles))
            let answer = try await identity.post(InternalPath.recipients, question, token: token)
            #expect(answer.status == (isAnswered ? .ok : .unprocessableContent))
            #expect((handles.count <= RecipientQuestion.limit && handles.allSatisfy(RecipientQuestion.admits)) == isAnswered)
        }
    }

    @Test func directoryKnowsTheActiveAdmins() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let second = try await identity.person("second@example.org", role: "admin", by: admin)
            let directory = identity.identity.directory
            #expect(try await directory.admins().map(\.email) == ["root@example.org", "second@example.org"])
            _ = try await identity.call(.patch, "/api/v1/users/\(second.id)", #"{"is_active":false}"#, token: admin)
            #expect(try await directory.admins().map(\.email) == ["root@example.org"])
            let id = try #require(UserID(second.id))
            #expect(try await directory.user(id)?.isActive == false)
            #expect(try await directory.user(.make(at: identity.clock.now)) == nil)
        }
    }
}
