import Auth
import Contracts
import Foundation
import Notification
import TestSupport
import Testing

/// The main job on real parts: Prometheus → Alertmanager → Tocsin → SMTP and a webhook, and back to calm.
@Suite(.serialized) struct PrometheusChainTests {
    /// What the whole chain may take for one change; Prometheus and Alertmanager use most of it.
    static let patience: Duration = .seconds(60)
    /// The receiver never takes the page: it is tried again soon, and then so late that the acknowledge comes first.
    private static let answers: [WebhookReceiver.Answer] = [.init(503, retryAfter: 1), .init(503, retryAfter: 30)]

    @Test func firingRulePagesThePersonOnCallAndResolvesByItself() async throws {
        try await WebhookReceiver.run(answers: Self.answers) { receiver in
            try await ProcessSuite.run(settings: ["EGRESS_ALLOW": "127.0.0.1:\(receiver.port)"]) { suite in
                let alice = try await suite.account("alice")
                let secret = try await Self.contact(alice, at: receiver.url, suite)
                try await suite.schedule("payments", primary: "alice")
                try await MonitoringStack.run(beside: suite) { stack in
                    try await Self.until("a page is sent") { try suite.mail.mails().contains { $0.rcptTo == ["alice@example.org"] } }
                    let mail = try #require(try suite.mail.mails().first)
                    #expect(mail.header("Subject")?.contains("[INC-1]") ?? false)
                    try await Self.until("the webhook is tried again") { receiver.calls.count == 2 }

                    let incident = try #require(try await suite.get(.incidentManagement, "/api/v1/incidents").array?.first)
                    let id = try #require(incident["id"]?.string)
                    let title = try #require(incident["title"]?.string)
                    #expect(incident["service"]?.string == "checkout")
                    #expect(incident["team"]?.string == "payments")
                    let browser = try await suite.browser()
                    let page = try await browser.open("/").body
                    #expect(page.contains(#"<a href="/incidents/1">\#(title)</a>"#) && page.contains("<td>checkout</td>"), "\(page)")

                    let acknowledged = try await suite.send(
                        "PATCH", .incidentManagement, "/api/v1/incidents/\(id)/acknowledge", bearer: suite.token, body: nil
                    )
                    #expect(acknowledged["status"]?.string == "acknowledged")
                    try await Self.until("the webhook is given up") { try await Self.webhook(of: id, suite) == "cancelled" }

                    try await stack.calm()
                    try await Self.until("the incident resolves by itself") {
                        try await suite.get(.incidentManagement, "/api/v1/incidents/\(id)")["status"]?.string == "resolved"
                    }
                    let resolved = try await suite.get(.incidentManagement, "/api/v1/incidents/\(id)")
                    #expect(resolved["resolved_by"]?.string == "monitoring")
                    #expect(try await browser.open("/?status=resolved").body.contains(#"<a href="/incidents/1">\#(title)</a>"#))
                    #expect(try suite.mail.mails().count == 1)
                    try Self.judge(receiver.calls, secret: secret)

                    try await Self.until("Prometheus scrapes all five daemons") { try await stack.scraped() == 5 }
                    // Now with the series that only traffic makes.
                    try await Self.judgeMetrics(of: suite)
                }
            }
        }
    }

    @Test func metricsOfEveryDaemonPassPromtool() async throws {
        try await ProcessSuite.run { try await Self.judgeMetrics(of: $0) }
    }

    private static func judgeMetrics(of suite: ProcessSuite) async throws {
        for peer in Peer.allCases {
            let outcome = try await Shell.run(
                #"set -o pipefail; curl -fsS -H 'Accept: text/plain' "$1/metrics" | promtool check metrics"#,
                [try suite.daemon(peer).url]
            )
            #expect(outcome.status == 0, "\(peer.rawValue): \(outcome.output)")
        }
    }

    /// Has somebody paged by mail and by webhook at once.
    ///
    /// - Returns: what the webhook is signed with.
    private static func contact(_ user: String, at url: String, _ suite: ProcessSuite) async throws -> Secret {
        let method = try await suite.post(
            .notification, "/api/v1/contact-methods", bearer: suite.token,
            #"{"user_id":"\#(user)","kind":"webhook","address":"\#(url)"}"#)
        for channel in ["email", "webhook"] {
            try await suite.post(
                .notification, "/api/v1/notification-rules", bearer: suite.token,
                #"{"user_id":"\#(user)","channel":"\#(channel)","delay_minutes":0}"#)
        }
        return Secret(try #require(method["secret"]?.string))
    }

    /// What became of the delivery by webhook.
    private static func webhook(of incident: String, _ suite: ProcessSuite) async throws -> String? {
        let path = "/api/v1/notifications"
        let pages = try await suite.get(.notification, path + "?incident_id=\(incident)").array ?? []
        guard let page = pages.first?["notification_id"]?.string else { return nil }
        let deliveries = try await suite.get(.notification, path + "/\(page)")["deliveries"]?.array ?? []
        return deliveries.first { $0["channel"]?.string == "webhook" }?["status"]?.string
    }

    /// Two calls, both before the acknowledge, of one message that its receiver can verify.
    private static func judge(_ calls: [WebhookReceiver.Call], secret: Secret) throws {
        #expect(calls.count == 2)
        #expect(Set(calls.map { $0.headers["webhook-id"] }).count == 1 && Set(calls.map(\.body)).count == 1)
        for call in calls {
            let id = try #require(call.headers["webhook-id"])
            let timestamp = try #require(call.headers["webhook-timestamp"].flatMap { Int($0) })
            // What the specification lets a receiver tolerate.
            #expect(abs(Date().timeIntervalSince1970 - Double(timestamp)) < 300)
            let signature = StandardWebhook.signature(id: id, timestamp: timestamp, body: call.body, secret: secret)
            #expect(signature != nil && call.headers["webhook-signature"] == signature)
            let body = try WireJSON.decode(WebhookBody.self, from: call.body)
            #expect(body.type == "incident.page" && body.data.incidentNumber == 1 && body.data.service == "checkout")
        }
    }

    /// Looks again until the chain has come that far; the programs outside offer no signal to wait for.
    private static func until(_ what: Comment, _ holds: () async throws -> Bool) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + patience
        while clock.now < deadline {
            if try await holds() { return }
            try await clock.sleep(for: .milliseconds(200))
        }
        Issue.record(what)
    }
}
