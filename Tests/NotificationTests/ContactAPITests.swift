import Contracts
import Foundation
import HTTPTypes
import Notification
import ServiceKit
import TestSupport
import Testing

@Suite struct ContactAPITests {
    private let path = "/api/v1/contact-methods"
    private let rules = "/api/v1/notification-rules"

    @Test func aWebhooksSecretIsShownOnce() async throws {
        try await withNotification { api in
            let made = try await api.send(
                .post, path, #"{"kind":"webhook","address":"https://hooks.example.com/a","label":"chat"}"#, as: .responder)
            #expect(made.status == 201, "\(made.text)")
            #expect(made.json["secret"]?.string?.hasPrefix("whsec_") == true)
            let id = try #require(made.json["id"]?.string)
            #expect(try await api.send(.get, "\(path)/\(id)", as: .responder).json["secret"] == nil)
            #expect(try await !api.send(.get, path, as: .responder).text.contains("whsec_"))
        }
    }

    @Test(arguments: [
        ("http://127.0.0.1/x", 422), ("http://169.254.169.254/latest", 422), ("https://user@example.com/", 422), ("ftp://example.com", 422),
        ("not a url", 422), ("http://127.0.0.1:7777/hook", 201), ("https://example.com/hook", 201),
    ])
    func aWebhookMayOnlyLeadWhereEgressAllows(url: String, status: Int) async throws {
        try await withNotification(settings: ["EGRESS_ALLOW": "127.0.0.1:7777"]) { api in
            let answer = try await api.send(.post, path, #"{"kind":"webhook","address":"\#(url)"}"#, as: .responder)
            #expect(answer.status == status)
            if status == 422 { #expect(answer.pointers == ["/address"]) }
            let isPlain = answer.text.contains("malformed_scheme")
            #expect(isPlain == answer.text.contains("it must begin with https://, unless EGRESS_ALLOW names its host and port"))
            if url.hasPrefix("http://169") { #expect(isPlain) }
        }
    }

    @Test func everybodySeesAndChangesTheirOwnAndAnAdministratorAll() async throws {
        try await withNotification { (api) async throws in
            let made = try await api.send(.post, path, #"{"kind":"email","address":"alice@home.example"}"#, as: .responder)
            let id = try #require(made.json["id"]?.string)
            #expect(try await api.send(.post, path, #"{"kind":"email","address":"alice@home.example"}"#, as: .responder).status == 409)
            #expect(try await api.send(.get, path, as: .viewer).text == "[]")
            #expect(try await api.send(.get, "\(path)?user_id=\(Samples.alice)", as: .viewer).status == 403)
            #expect(try await api.send(.delete, "\(path)/\(id)", as: .viewer).status == 403)
            #expect(try await api.send(.get, "\(path)?user_id=\(Samples.alice)", as: .admin).json.array?.count == 1)
            #expect(try await api.send(.get, path, as: .admin).status == 422)
            let changed = try await api.send(.patch, "\(path)/\(id)", #"{"enabled":false,"label":"home"}"#, as: .responder)
            #expect(changed.json["enabled"]?.bool == false && changed.json["label"]?.string == "home")
            #expect(try await api.send(.delete, "\(path)/\(id)", as: .responder).status == 204)
            #expect(try await api.send(.get, "\(path)/\(id)", as: .responder).status == 404)
        }
    }

    @Test func onePersonHasABoundedNumber() async throws {
        try await withNotification { (api) async throws in
            for number in 1...ContactMethod.limit {
                let body = #"{"kind":"email","address":"alice\#(number)@home.example"}"#
                #expect(try await api.send(.post, path, body, as: .responder).status == 201)
            }
            #expect(try await api.send(.post, path, #"{"kind":"email","address":"more@home.example"}"#, as: .responder).status == 409)
        }
    }

    @Test func rulesDecideWhenAPageGoesOutByWhichChannel() async throws {
        let email = RecordingChannel(.email)
        try await withNotification(channels: [email]) { api in
            let made = try await api.send(.post, rules, #"{"channel":"email","delay_minutes":5}"#, as: .responder)
            #expect(made.status == 201)
            #expect(try await api.send(.post, rules, #"{"channel":"email","delay_minutes":5}"#, as: .responder).status == 409)
            #expect(try await api.send(.post, rules, #"{"channel":"email","delay_minutes":61}"#, as: .responder).status == 422)
            _ = try await api.tell(InternalPath.pages, PageBatch(items: [Samples.page().message]))
            try await api.tick("delivery-mail")
            #expect(email.sent.isEmpty)
            api.clock.advance(by: .seconds(300))
            try await api.tick("delivery-mail")
            #expect(email.sent.count == 1)
            let id = try #require(made.json["id"]?.string)
            #expect(try await api.send(.delete, "\(rules)/\(id)", as: .viewer).status == 403)
            #expect(try await api.send(.delete, "\(rules)/\(id)", as: .responder).status == 204)
            #expect(try await api.send(.get, rules, as: .responder).text == "[]")
        }
    }
}
