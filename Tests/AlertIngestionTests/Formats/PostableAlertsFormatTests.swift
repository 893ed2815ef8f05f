import AlertIngestion
import Contracts
import Foundation
import Testing

@Suite struct PostableAlertsFormatTests {
    private func parse(_ name: String, at now: String) throws -> AlertEvent {
        let body = try Recorded(name).json
        #expect(AlertFormat(sniffing: body) == .postableAlerts)
        let parsed = try PostableAlertsFormat.parse(body, Samples.context(now: try instant(now)))
        return try #require(parsed.events.first)
    }

    @Test func theFingerprintIsAlertmanagersOwn() throws {
        let event = try parse("prometheus-2.42-api-v2-firing", at: "2026-11-21T04:05:10Z")
        #expect(event.dedupKey == DedupKey(rawValue: "am:a180aa4c1498b83b"))
        let labels = [
            ("alertname", "HighErrorRate"), ("team", "payments"), ("severity", "critical"), ("service", "checkout"), ("cluster", "prod-eu"),
        ]
        #expect(LabelFingerprint.text(of: labels) == "a180aa4c1498b83b")
        #expect(LabelFingerprint.text(of: []) == "cbf29ce484222325")
    }

    @Test func firesUntilEndsAtAndResolvesFromThenOn() throws {
        let firing = try parse("prometheus-2.42-api-v2-firing", at: "2026-11-21T04:05:22.118Z")
        let end = try instant("2026-11-21T04:05:22.119Z").truncatedToMicroseconds
        #expect(firing.action == .trigger && firing.expiresAt == end && firing.endedAt == nil)
        #expect(firing.source == "prometheus" && firing.correlation == .service("checkout", .critical))
        let over = try parse("prometheus-2.42-api-v2-firing", at: "2026-11-21T04:05:22.119Z")
        #expect(over.action == .resolve && over.endedAt == end)
    }

    @Test func readsThePathsAndTimesOfTheOldApi() throws {
        let event = try parse("prometheus-2.42-api-v1-array", at: "2026-11-21T04:39:30Z")
        #expect(event.title == "flap" && event.severity == .medium && event.action == .trigger)
        #expect(event.startsAt == (try instant("2026-11-21T04:39:24.390801Z")).truncatedToMicroseconds)
    }

    @Test func unsetTimesMeanFiveMinutes() throws {
        let now = try instant("2026-11-21T04:00:00Z")
        let event = try parse("amtool-0.25-alert-add", at: "2026-11-21T04:00:00Z")
        #expect(event.startsAt == nil && event.action == .trigger && event.expiresAt == now.addingTimeInterval(300))
        #expect(event.service == "db1" && event.title == "Disk 95%")
    }

    @Test func aBadItemIsSetAside() throws {
        let parsed = try PostableAlertsFormat.parse(try json(#"[{"labels":{"alertname":"A"}}, "x", {"labels":[]}]"#), Samples.context())
        #expect(parsed.events.count == 1 && parsed.quarantined.flatMap(\.faults).map(\.pointer) == ["/1", "/2/labels"])
    }

    @Test func anEmptyListIsNoFault() throws {
        #expect(try PostableAlertsFormat.parse(.array([]), Samples.context()).events.isEmpty)
    }
}

@Suite struct AlertFormatTests {
    @Test(arguments: [
        ("[]", AlertFormat.postableAlerts), (#"{"version":"4","groupKey":"g","alerts":[]}"#, .alertmanagerWebhook),
        (#"{"version":"3","alerts":[]}"#, .alertmanagerWebhook), (#"{"service":"a"}"#, .native), (#"{"alerts":[]}"#, .native),
        (#"{"event_action":"trigger"}"#, .native),
    ])
    func aBodySaysWhatItIs(_ body: String, _ format: AlertFormat) throws {
        #expect(AlertFormat(sniffing: try json(body)) == format)
    }

    @Test func linksAreOfTheWeb() {
        #expect(WebLink.make(" https://a.example/x ", text: " Graph ") == AlertLink(href: "https://a.example/x", text: "Graph"))
        for bad in ["javascript:alert(1)", "data:text/html,x", "ftp://x", "//evil", "https://a b", "http://a\u{202E}b", ""] {
            #expect(WebLink.make(bad, text: nil) == nil, "\(bad)")
        }
    }
}
