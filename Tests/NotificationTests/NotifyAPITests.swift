import Contracts
import Foundation
import HTTPTypes
import Notification
import ServiceKit
import TestSupport
import Testing

@Suite struct NotifyAPITests {
    private let path = "/api/v1/notify"

    @Test func aResponderTellsSomebodyByAddressNameOrID() async throws {
        let channel = RecordingChannel(.email)
        try await withNotification(channels: [channel]) { api in
            for target in [#""recipient":"alice@example.org""#, #""target":"bob""#, #""user_id":"\#(Samples.alice)""#] {
                let answer = try await api.send(.post, path, #"{"message":"Disk is filling up",\#(target)}"#, as: .responder)
                #expect(answer.status == 202, "\(answer.text)")
                #expect(answer.json["status"]?.string == "queued")
            }
            try await api.tick("delivery-mail")
            #expect(channel.sent.map(\.address).sorted() == ["alice@example.org", "alice@example.org", "bob@example.org"])
            #expect(channel.sent.allSatisfy { $0.kind == .notice && $0.text.subject == "Disk is filling up" })
        }
    }

    @Test func onlyAnAdministratorWritesToAFreeAddress() async throws {
        try await withNotification { api in
            let body = #"{"message":"hello there","recipient":"stranger@example.net","channel":"email"}"#
            let refused = try await api.send(.post, path, body, as: .responder)
            #expect(refused.status == 403 && refused.code == "free_address_needs_admin")
            #expect(try await api.send(.post, path, body, as: .viewer).status == 403)
            #expect(try await api.send(.post, path, body).status == 401)
            #expect(try await api.send(.post, path, body, as: .admin).status == 202)
        }
    }

    @Test func theDialectOfOtherPlatformsIsUnderstood() async throws {
        try await withNotification(settings: ["SIMULATE_UNCONFIGURED_CHANNELS": "true"]) { api in
            let body = """
                {"incident_id":"INC-1","message":"High error rate","channel":"mock","recipient":"oncall","severity":"high","type":"page"}
                """
            let answer = try await api.send(.post, "/v1/notify", body, as: .admin)
            let id = try #require(answer.json["notification_id"]?.string)
            try await api.tick("delivery-web")
            let shown = try await api.send(.get, "/api/v1/notifications/\(id)", as: .viewer)
            #expect(shown.json["status"]?.string == "sent" && shown.json["simulated"]?.bool == true)
            #expect(shown.json["incident_id"]?.string == "INC-1")
            #expect(try await api.send(.get, "/api/v1/notifications?incident_id=INC-1", as: .viewer).json.array?.count == 1)
            #expect(try await api.send(.get, "/api/v1/notifications?incident_id=INC-2", as: .viewer).json.array?.count == 0)
        }
    }

    @Test func everythingWrongIsSaidAtOnce() async throws {
        try await withNotification { api in
            let answer = try await api.send(.post, path, #"{"channel":"pigeon","severity":"dire","extra":1}"#, as: .admin)
            #expect(answer.status == 422)
            #expect(Set(answer.pointers) == ["/message", "/channel", "/severity", "/recipient", "/extra"])
        }
    }

    @Test(arguments: [
        #"{"message":"m","recipient":"not an address"}"#, #"{"message":"m","recipient":"x","channel":"webhook"}"#,
        #"{"message":"m","recipient":"http://127.0.0.1/x"}"#, #"{"message":"m","recipient":"carol"}"#,
        #"{"message":"m","user_id":"01960000-0000-7000-8000-00000000dead"}"#, #"{"message":"m","user_id":"nobody"}"#,
    ])
    func whoCannotBeReachedIsRefused(_ body: String) async throws {
        try await withNotification { (api) async throws in
            #expect(try await api.send(.post, path, body, as: .admin).status == 422)
        }
    }

    @Test func aRepeatedRequestIsAnsweredNotDoneAgain() async throws {
        try await withNotification { api in
            let key = try #require(HTTPField.Name("Idempotency-Key"))
            let send = { (message: String) in
                try await api.send(
                    .post, path, #"{"message":"\#(message)","recipient":"bob"}"#, as: .responder, headers: [key: "one"])
            }
            let first = try await send("hello")
            let again = try await send("hello")
            #expect(first.status == 202 && again.status == 202 && again.text == first.text)
            #expect(try await send("other").status == 422)
            #expect(try await api.send(.get, "/api/v1/notifications", as: .viewer).json.array?.count == 1)
        }
    }

    @Test func withoutIncidentManagementOnlyAnAdministratorsAddressGoesOut() async throws {
        try await withNotification { api in
            // The tokens' standing is kept for a while.
            _ = try await api.send(.get, "/api/v1/notifications", as: .responder)
            _ = try await api.send(.get, "/api/v1/notifications", as: .admin)
            api.incidents.goAway(true)
            let body = #"{"message":"hello there","recipient":"alice@example.org"}"#
            #expect(try await api.send(.post, path, body, as: .responder).status == 503)
            #expect(try await api.send(.post, path, body, as: .admin).status == 202)
        }
    }

    @Test func theListIsNewestFirstFilteredAndPaged() async throws {
        try await withNotification { api in
            for number in 1...5 {
                api.clock.advance(by: .seconds(1))
                _ = try await api.send(.post, path, #"{"message":"number \#(number)","recipient":"bob"}"#, as: .responder)
            }
            try await api.tick("delivery-mail")
            let first = try await api.send(.get, "/api/v1/notifications?limit=2", as: .viewer)
            #expect(first.json.array?.compactMap { $0["message"]?.string } == ["number 5", "number 4"])
            let link = try #require(first.headers[HTTPField.Name("Link") ?? .link])
            let next = try #require(link.split(separator: ">").first?.dropFirst())
            let second = try await api.send(.get, String(next), as: .viewer)
            #expect(second.json.array?.compactMap { $0["message"]?.string } == ["number 3", "number 2"])
            #expect(try await api.send(.get, "/api/v1/notifications?status=failed", as: .viewer).json.array?.count == 5)
            #expect(try await api.send(.get, "/api/v1/notifications?status=failed,exhausted", as: .viewer).json.array?.count == 5)
            #expect(try await api.send(.get, "/api/v1/notifications?status=sent,queued", as: .viewer).text == "[]")
            #expect(try await api.send(.get, "/api/v1/notifications?status=odd", as: .viewer).status == 400)
        }
    }

    @Test func whatAWebhooksAddressMayKeepSecretIsShownToItsOwnerAndAdminsOnly() async throws {
        try await withNotification(channels: [RecordingChannel(.webhook)]) { api in
            let url = "https://hooks.example.org/services/T0KEN?key=1"
            let body = #"{"message":"hello there","recipient":"\#(url)","channel":"webhook"}"#
            let made = try await api.send(.post, path, body, as: .admin)
            let id = try #require(made.json["notification_id"]?.string, "\(made.text)")
            try await api.tick("delivery-web")
            for one in ["/api/v1/notifications/\(id)", "/api/v1/notifications"] {
                let seen = try await api.send(.get, one, as: .viewer)
                #expect(seen.status == 200 && !seen.text.contains("T0KEN") && seen.text.contains("https://hooks.example.org/…"))
            }
            let shown = try await api.send(.get, "/api/v1/notifications/\(id)", as: .admin)
            #expect(shown.json["deliveries"]?.array?.first?["address"]?.string == url)
        }
    }

    @Test func aFailedNotificationIsTriedAgainOnRequest() async throws {
        let results = Script([.permanent(.smtpRejected), .accepted(.smtpAccepted)])
        try await withNotification(channels: [RecordingChannel(.email) { _ in results.next() }]) { api in
            let made = try await api.send(.post, path, #"{"message":"hello there","recipient":"bob"}"#, as: .responder)
            let id = try #require(made.json["notification_id"]?.string)
            try await api.tick("delivery-mail")
            let retry = "/api/v1/notifications/\(id)/retry"
            #expect(try await api.send(.post, retry, as: .viewer).status == 403)
            #expect(try await api.send(.post, retry, as: .responder).json["status"]?.string == "queued")
            try await api.tick("delivery-mail")
            let again = try await api.send(.post, retry, as: .responder)
            #expect(again.status == 409 && again.code == "not_retryable")
            let shown = try await api.send(.get, "/api/v1/notifications/\(id)", as: .viewer)
            #expect(shown.json["deliveries"]?.array?.first?["attempts"]?.array?.count == 2)
            #expect(try await api.send(.get, "/api/v1/notifications/01960000-0000-7000-8000-00000000dead", as: .viewer).status == 404)
        }
    }
}
