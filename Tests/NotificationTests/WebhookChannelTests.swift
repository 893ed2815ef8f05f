import Auth
import Contracts
import Foundation
import Logging
import Notification
import ServiceClients
import ServiceKit
import TestSupport
import Testing

/// Against a real receiver on loopback.
@Suite struct WebhookChannelTests {
    private let secret = StandardWebhook.makeSecret()

    @Test func theReceiverCanVerifyWhatItGets() async throws {
        try await withReceiver { receiver, channel in
            let message = Samples.message(to: receiver.url, secret: secret)
            #expect(await channel.send(message, deadline: .seconds(5)) == .accepted(.webhookAccepted))
            let call = try #require(receiver.calls.first)
            #expect(call.headers["webhook-id"] == message.deliveryID.description)
            #expect(call.headers["webhook-timestamp"] == "\(Int(Samples.now.timeIntervalSince1970))")
            let expected = StandardWebhook.signature(
                id: message.deliveryID.description, timestamp: Int(Samples.now.timeIntervalSince1970), body: call.body, secret: secret)
            #expect(call.headers["webhook-signature"] == expected)
            let body = try WireJSON.decode(WebhookBody.self, from: call.body)
            #expect(body.type == "incident.page" && body.data.notificationID == message.pageID)
        }
    }

    @Test func theReceiverGetsTheTraceInASpanOfOurs() async throws {
        try await withReceiver { receiver, channel in
            let trace = TraceParent.make()
            let message = Samples.message(to: receiver.url)
            _ = await TraceContext.following(trace) { await channel.send(message, deadline: .seconds(5)) }
            _ = await channel.send(message, deadline: .seconds(5))
            let told = receiver.calls.map { call in call.headers["traceparent"].flatMap { TraceParent($0) } }
            try #require(told.count == 2)
            #expect(told[0]?.traceID == trace.traceID && told[0]?.spanID != trace.spanID)
            #expect(told[1] == nil)
        }
    }

    @Test func everyAttemptHasTheSameIDAndBody() async throws {
        try await withReceiver { receiver, channel in
            let message = Samples.message(to: receiver.url, secret: secret)
            for _ in 1...3 { _ = await channel.send(message, deadline: .seconds(5)) }
            #expect(receiver.calls.count == 3)
            #expect(Set(receiver.calls.map(\.body)).count == 1)
            #expect(Set(receiver.calls.compactMap { $0.headers["webhook-id"] }).count == 1)
        }
    }

    @Test(arguments: [
        (204, ChannelResult.accepted(.webhookAccepted)), (302, .permanent(.redirected)), (404, .permanent(.clientError)),
        (410, .permanent(.gone)), (429, .temporary(.rateLimited, retryAfter: .seconds(7))),
        (503, .temporary(.serverError, retryAfter: .seconds(7))),
    ])
    func theAnswersStatusDecides(status: Int, result: ChannelResult) async throws {
        try await withReceiver(status: status) { receiver, channel in
            #expect(await channel.send(Samples.message(to: receiver.url), deadline: .seconds(5)) == result)
            #expect(receiver.calls.count == 1)
        }
    }

    @Test func whereEgressDoesNotAllowNothingIsSent() async throws {
        try await withReceiver { receiver, _ in
            let channel = WebhookChannel(EgressClient(EgressGuard(), logger: .quiet), clock: ManualClock(Samples.now))
            let result = await channel.send(Samples.message(to: receiver.url), deadline: .seconds(5))
            #expect(result == .permanent(.invalidAddress) || result == .permanent(.addressNotAllowed))
            #expect(receiver.calls.isEmpty)
        }
    }

    private func withReceiver(status: Int = 200, _ body: (WebhookReceiver, WebhookChannel) async throws -> Void) async throws {
        try await WebhookReceiver.run(answers: [.init(status, retryAfter: 7)]) { receiver in
            let allow = try #require(EgressAllowList(["127.0.0.1:\(receiver.port)"]))
            let channel = WebhookChannel(EgressClient(EgressGuard(allow: allow), logger: .quiet), clock: ManualClock(Samples.now))
            try await body(receiver, channel)
        }
    }
}
