import Contracts
import Foundation
import Notification
import Synchronization
import TestSupport
import Testing

extension Stories {
    @Suite struct PolicyActionStoryTests {
        /// What a policy can do beside paging people on call, each to its end: mails at the mail server, calls at the webhook channel.
        @Test func everyTargetAndEveryActionOfAPolicyReachesItsEnd() async throws {
            let webhooks = RecordedWebhooks()
            try await TocsinSystem.run(channels: [webhooks]) { tocsin in
                let made = try await tocsin.send(
                    "POST", .incidentManagement, "/api/v1/users", bearer: tocsin.token,
                    body: #"{"email":"manager@example.org","role":"responder","password":"\#(TocsinSystem.password)"}"#)
                let manager = try #require(try made.json["id"]?.string, "\(made.body)")
                let policy = try await tocsin.send(
                    "POST", .incidentManagement, "/api/v1/escalation/policies", bearer: tocsin.token, body: Self.policy(manager))
                #expect(policy.status == 201, "\(policy.body)")
                let id = try #require(try await tocsin.alert("checkout", severity: "high", team: "payments")["incident_id"]?.string)
                try await tocsin.settle()

                #expect(try Set(tocsin.mailed()) == ["ops@example.org"])
                let calls = webhooks.sent.sorted { $0.address < $1.address }
                #expect(calls.map(\.address) == ["channel", "note", "target"].map { "https://hooks.example.org/\($0)" })
                #expect(calls.map(\.kind) == [.page, .notice, .page])
                #expect(calls.allSatisfy { $0.incidentID?.description == id && $0.text.severity == .critical })
                var incident = try await tocsin.incident(id)
                #expect(incident["severity"]?.string == "critical")
                #expect(incident["assignees"]?.array?.compactMap(\.string) == ["manager@example.org"], "\(incident.serialized)")
                #expect(incident["notification_status"]?.string == "sent")

                // The next level pages whoever was assigned, and the last one sets the status, which ends it.
                try await tocsin.advance(minutes: 5)
                #expect(try tocsin.mailed() == ["ops@example.org", "manager@example.org"])
                try await tocsin.advance(minutes: 5)
                incident = try await tocsin.incident(id)
                #expect(incident["status"]?.string == "investigating" && incident["acknowledged_at"]?.string == nil)
                for _ in 0..<12 { try await tocsin.advance(minutes: 10) }
                #expect(try tocsin.mailed().count == 2 && webhooks.sent.count == 3)
                let events = try await tocsin.send(
                    "GET", .incidentManagement, "/api/v1/escalation/events?incident=\(id)", bearer: tocsin.token)
                #expect(try events.json.array?.map { $0["status"]?.string } == ["acted", "paged", "paged"])
            }
        }

        private static func policy(_ manager: String) -> String {
            """
            {"name":"everything","conditions":{"services":["checkout"]},"repeat":{"times":0,"after_minutes":15},"steps":[
              {"delay_minutes":0,"actions":[
                {"type":"notify","targets":[
                  {"type":"channel","channel":"email","address":"ops@example.org"},
                  {"type":"channel","channel":"webhook","address":"https://hooks.example.org/channel"},
                  {"type":"webhook","url":"https://hooks.example.org/target"}]},
                {"type":"assign","targets":[{"type":"user","user_id":"\(manager)"}]},
                {"type":"set_severity","severity":"critical"},
                {"type":"webhook","url":"https://hooks.example.org/note"}]},
              {"delay_minutes":5,"actions":[{"type":"notify","targets":[{"type":"assignees"}]}]},
              {"delay_minutes":5,"actions":[{"type":"set_status","status":"investigating"}]}]}
            """
        }
    }
}

/// Takes the place of the webhook channel, so that a policy can name https addresses of the internet; the real one, to a real receiver, is in
/// `WebhookChannelTests` and, through the whole suite, in `PrometheusChainTests`.
private final class RecordedWebhooks: Channel {
    let kind = ChannelKind.webhook
    private let messages = Mutex<[OutgoingMessage]>([])

    var sent: [OutgoingMessage] { messages.withLock { $0 } }

    func send(_ message: OutgoingMessage, deadline: Duration) async -> ChannelResult {
        messages.withLock { $0.append(message) }
        return .accepted(.webhookAccepted)
    }
}
