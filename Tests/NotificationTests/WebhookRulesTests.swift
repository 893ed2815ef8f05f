import Auth
import Contracts
import Foundation
import Notification
import ServiceClients
import Testing

@Suite struct WebhookRulesTests {
    /// The published vector of the Standard Webhooks specification; not a secret of anybody.
    private let secret = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

    @Test func theSpecificationsVectorIsSignedAsItSays() {
        let signature = StandardWebhook.signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: Data(#"{"test": 2432232314}"#.utf8), secret: secret)
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test func everyPartIsSigned() {
        let body = Data("{}".utf8)
        let reference = StandardWebhook.signature(id: "a", timestamp: 1, body: body, secret: secret)
        #expect(StandardWebhook.signature(id: "b", timestamp: 1, body: body, secret: secret) != reference)
        #expect(StandardWebhook.signature(id: "a", timestamp: 2, body: body, secret: secret) != reference)
        #expect(StandardWebhook.signature(id: "a", timestamp: 1, body: Data("[]".utf8), secret: secret) != reference)
        #expect(StandardWebhook.signature(id: "a", timestamp: 1, body: body, secret: StandardWebhook.makeSecret()) != reference)
    }

    @Test(arguments: ["", "whsec_", "whsec_not base64!", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
    func aSecretOfAnotherFormSignsNothing(_ text: String) {
        #expect(StandardWebhook.signature(id: "a", timestamp: 1, body: Data(), secret: Secret(text)) == nil)
    }

    @Test func newSecretsAreLongAndDiffer() throws {
        let made = StandardWebhook.makeSecret().reveal()
        let bytes = try #require(Data(base64Encoded: String(made.dropFirst("whsec_".count))))
        #expect((24...64).contains(bytes.count))
        #expect(made != StandardWebhook.makeSecret().reveal())
    }

    @Test(arguments: [
        (200, ChannelResult.accepted(.webhookAccepted)), (202, .accepted(.webhookAccepted)), (204, .accepted(.webhookAccepted)),
        (301, .permanent(.redirected)), (304, .permanent(.redirected)), (307, .permanent(.redirected)),
        (400, .permanent(.clientError)), (401, .permanent(.unauthorized)), (403, .permanent(.unauthorized)),
        (404, .permanent(.clientError)),
        (408, .temporary(.tryLater)), (410, .permanent(.gone)), (413, .permanent(.clientError)), (422, .permanent(.clientError)),
        (425, .temporary(.tryLater)), (429, .temporary(.rateLimited)), (500, .temporary(.serverError)), (502, .temporary(.serverError)),
        (503, .temporary(.serverError)), (504, .temporary(.serverError)), (101, .temporary(.serverError)),
    ])
    func statusesMeanWhatTheRuleSays(status: Int, result: ChannelResult) {
        #expect(WebhookVerdict.result(status: status) == result)
    }

    @Test func retryAfterIsKept() {
        #expect(WebhookVerdict.result(status: 429, retryAfter: .seconds(7)) == .temporary(.rateLimited, retryAfter: .seconds(7)))
    }

    @Test(arguments: [
        (EgressError.malformed(.scheme), ChannelResult.permanent(.invalidAddress)),
        (.addressNotAllowed, .permanent(.addressNotAllowed)),
        (.unresolvable, .temporary(.connectionFailed)),
        (.failed(ClientError(.timeout)), .temporary(.timeout)),
        (.failed(ClientError(.unreachable)), .temporary(.connectionFailed)),
        (.failed(ClientError(.answerTooLarge)), .temporary(.serverError)),
        (.failed(ClientError(.cancelled)), .temporary(.interrupted)),
    ])
    func failuresWithoutAnAnswerHaveAMeaningToo(error: EgressError, result: ChannelResult) {
        #expect(WebhookVerdict.result(of: error) == result)
    }

    @Test func theBodyHasTypeTimestampAndData() throws {
        let text = String(decoding: try WireJSON.encode(WebhookBody(Samples.message())), as: UTF8.self)
        #expect(
            text == """
                {"data":{"incident_id":"01960000-0000-7000-8000-000000000003","incident_number":42,\
                "link":"https://tocsin.example.org/incidents/42","message":"HTTP 5xx > 10 %",\
                "notification_id":"01960000-0000-7000-8000-000000000002","recipient":"Alice","service":"checkout","severity":"high",\
                "subject":"High error rate","urgency":"high"},"timestamp":"2026-11-21T05:51:44Z","type":"incident.page"}
                """)
    }
}
