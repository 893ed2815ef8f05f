import Contracts
import Foundation
import Notification
import ServiceKit
import Synchronization
import TestSupport
import Testing

extension Stories {
    @Suite struct TraceStoryTests {
        private static let span = "b7ad6b7169203331"

        /// The first alert of a sender is the framework's, the second takes the hot route; the third incident is declared by hand.
        @Test func aTraceIsInTheLogOfEveryDaemonOnTheWayAndReachesTheReceiver() async throws {
            let webhooks = TracedWebhooks()
            try await TocsinSystem.run(channels: [webhooks]) { tocsin in
                try await tocsin.schedule("payments", primary: "alice", secondary: "bob")
                let policy = try await tocsin.send(
                    "POST", .incidentManagement, "/api/v1/escalation/policies", bearer: tocsin.token, body: Self.policy)
                #expect(policy.status == 201, "\(policy.body)")
                let calls: [(trace: String, Peer, path: String, bearer: String, body: String)] = [
                    (Self.trace(1), .alertIngestion, "/api/v1/alerts", tocsin.ingestKey, Self.alert("checkout")),
                    (Self.trace(2), .alertIngestion, "/api/v1/alerts", tocsin.ingestKey, Self.alert("search")),
                    (
                        Self.trace(3), .incidentManagement, "/api/v1/incidents", tocsin.token,
                        #"{"title":"Ledger is slow","severity":"critical","service":"ledger","team":"payments"}"#
                    ),
                ]
                for (trace, peer, path, bearer, body) in calls {
                    let answer = try await tocsin.send(
                        "POST", peer, path, bearer: bearer, headers: ["traceparent": "00-\(trace)-\(Self.span)-01"], body: body)
                    #expect(answer.status == 201, "\(answer.body)")
                    try await tocsin.settle()

                    let lines = tocsin.log.entries.filter { $0.metadata["trace.id"] == trace }
                    let behind: [Peer] = [peer, .incidentManagement, .onCall, .notification]
                    #expect(Set(lines.map(\.label)).isSuperset(of: behind.map(\.rawValue)), "\(lines)")
                    #expect(lines.contains { $0.label == Peer.notification.rawValue && $0.message == "delivery settled" })
                    #expect(lines.contains { $0.label == Peer.incidentManagement.rawValue && $0.message == "incident opened" })
                }
                // Each call of a webhook is a span of its own.
                #expect(webhooks.parents.compactMap { $0?.traceID } == calls.map { $0.trace })
                #expect(!webhooks.parents.contains { $0?.spanID == Self.span })
            }
        }

        private static func trace(_ number: Int) -> String { String(repeating: "\(number)", count: 32) }

        private static func alert(_ service: String) -> String {
            #"{"service":"\#(service)","severity":"critical","message":"p99 above 2 s","labels":{"team":"payments"}}"#
        }

        private static let policy = """
            {"name":"traced","conditions":{"services":["checkout","search","ledger"]},"repeat":{"times":0,"after_minutes":15},"steps":[{"delay_minutes":0,"actions":[
              {"type":"notify","targets":[{"type":"on_call","role":"primary"}]},
              {"type":"webhook","url":"https://hooks.example.org/note"}]}]}
            """
    }
}

/// Takes every message, and keeps under which trace it came: what the real channel tells the receiver.
private final class TracedWebhooks: Channel {
    let kind = ChannelKind.webhook
    private let seen = Mutex<[TraceParent?]>([])

    var parents: [TraceParent?] { seen.withLock { $0 } }

    func send(_ message: OutgoingMessage, deadline: Duration) async -> ChannelResult {
        let parent = TraceContext.current?.parent
        seen.withLock { $0.append(parent) }
        return .accepted(.webhookAccepted)
    }
}
