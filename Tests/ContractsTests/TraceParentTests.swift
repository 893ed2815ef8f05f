import Contracts
import Foundation
import Testing

@Suite struct TraceParentTests {
    private static let now = Date(timeIntervalSince1970: 1_772_443_800)
    private static let ids = (event: AlertEventID.make(at: now), incident: IncidentID.make(at: now), page: PageID.make(at: now))
    private static let alert = AlertSummary(
        alertID: .make(at: now), title: "t", description: nil, service: "s", team: nil, severity: .high, source: "x", labels: [:],
        links: [], alertCount: 1, lastSeenAt: now)

    private let trace = TraceParent.make()

    private func event(_ trace: TraceParent?) -> AlertEventMessage {
        AlertEventMessage(
            eventID: Self.ids.event, incidentID: Self.ids.incident, groupSeq: 1, kind: .open, alert: Self.alert, traceparent: trace)
    }

    private func page(_ trace: TraceParent?) -> PageMessage {
        PageMessage(
            pageID: Self.ids.page, firingID: nil, kind: .notice, incidentID: nil, epoch: nil,
            recipient: Recipient(userID: nil, name: "Alice", email: "alice@example.org", role: "none", reason: "direct"), urgency: .low,
            channels: nil, message: PageText(subject: "s", body: "b", incidentNumber: nil, severity: nil, service: nil, link: nil),
            expiresAt: Self.now, traceparent: trace)
    }

    @Test func aMessageKeepsItsTrace() throws {
        let (eventText, pageText) = (try WireJSON.encodeText(event(trace)), try WireJSON.encodeText(page(trace)))
        #expect(eventText.contains("\"traceparent\":\"\(trace.text)\"") && pageText.contains("\"traceparent\":\"\(trace.text)\""))
        #expect(try WireJSON.decode(AlertEventMessage.self, fromText: eventText) == event(trace))
        #expect(try WireJSON.decode(PageMessage.self, fromText: pageText) == page(trace))
    }

    /// As the release before writes them.
    @Test func aMessageWithoutATraceIsTaken() throws {
        let (eventText, pageText) = (try WireJSON.encodeText(event(nil)), try WireJSON.encodeText(page(nil)))
        #expect(!eventText.contains("traceparent") && !pageText.contains("traceparent"))
        #expect(try WireJSON.decode(AlertEventMessage.self, fromText: eventText) == event(nil))
        #expect(try WireJSON.decode(PageMessage.self, fromText: pageText) == page(nil))
    }

    @Test(arguments: [
        "null", "5", "{}", "\"\"", "\"x\"", "\"00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01\"",
        "\"00-00000000000000000000000000000000-b7ad6b7169203331-01\"", "\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x\"",
    ])
    func aTraceThatCannotBeReadIsDroppedAndTheMessageTaken(sent: String) throws {
        let eventText = try WireJSON.encodeText(event(trace)).replacing("\"\(trace.text)\"", with: sent)
        #expect(try WireJSON.decode(AlertEventMessage.self, fromText: eventText) == event(nil))
        let pageText = try WireJSON.encodeText(page(trace)).replacing("\"\(trace.text)\"", with: sent)
        #expect(try WireJSON.decode(PageMessage.self, fromText: pageText) == page(nil))
    }

    @Test func aSpanIsNewAndItsTraceStays() throws {
        let text = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-00"
        let parent = try #require(TraceParent(text))
        #expect(parent.text == text)
        #expect(parent.child.traceID == "0af7651916cd43dd8448eb211c80319c" && parent.child.text.hasSuffix("-00"))
        #expect(parent.child.spanID != parent.spanID)
    }

    @Test func aLaterVersionIsReadAsThisOne() {
        let parent = TraceParent("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03-more")
        #expect(parent?.text == "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    }
}
