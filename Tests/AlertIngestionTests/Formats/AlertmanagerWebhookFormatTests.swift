import AlertIngestion
import Contracts
import Foundation
import Testing

@Suite struct AlertmanagerWebhookFormatTests {
    private func parse(_ body: JSONValue, _ context: FormatContext = Samples.context()) throws -> ParsedAlerts {
        try AlertmanagerWebhookFormat.parse(body, context)
    }

    private func webhook(_ alerts: String) throws -> JSONValue {
        try json(#"{"version":"4","groupKey":"{}:{}","status":"firing","alerts":[\#(alerts)]}"#)
    }

    @Test func readsWhatAlertmanagerSends() throws {
        let body = try Recorded("alertmanager-0.25-webhook-firing").json
        #expect(AlertFormat(sniffing: body) == .alertmanagerWebhook)
        let parsed = try parse(body)
        let event = try #require(parsed.events.first)
        #expect(parsed.events.count == 1 && parsed.quarantined.isEmpty)
        #expect(event.dedupKey == DedupKey(rawValue: "am:a180aa4c1498b83b") && event.action == .trigger && event.source == "alertmanager")
        #expect(event.severity == .critical && event.service == "checkout" && event.team == "payments")
        #expect(event.title == "Error rate above 5% on" && event.description == "value 1")
        #expect(event.startsAt == (try instant("2026-11-21T04:05:08.119Z")).truncatedToMicroseconds)
        #expect(event.expiresAt == nil && event.labels["cluster"] == "prod-eu" && event.labels["original_severity"] == nil)
        #expect(event.links.map(\.text) == ["Source", "Runbook"])
        #expect(event.correlation.rawValue.hasPrefix("am:") && event.raw.contains(#""fingerprint":"a180aa4c1498b83b""#))
    }

    @Test func aResolvedAlertHasTheKeyAndGroupOfTheFiringOne() throws {
        let firing = try #require(try parse(try Recorded("alertmanager-0.25-webhook-firing").json).events.first)
        let resolved = try #require(try parse(try Recorded("alertmanager-0.25-webhook-resolved").json).events.first)
        #expect(resolved.action == .resolve && resolved.dedupKey == firing.dedupKey && resolved.correlation == firing.correlation)
    }

    @Test func theStatusOfTheAlertCountsNotThatOfTheGroup() throws {
        let parsed = try parse(
            try webhook(
                #"{"status":"firing","labels":{"alertname":"A"}},{"status":"resolved","labels":{"alertname":"B"}}"#))
        #expect(parsed.events.map(\.action) == [.trigger, .resolve])
    }

    @Test func oneBadAlertIsSetAsideAndTheOthersAreTaken() throws {
        let parsed = try parse(
            try webhook(
                #"""
                {"status":"firing","labels":{"alertname":"A"}}, 7, {"status":"firing"}, {"status":"firing","labels":{}},
                {"status":"sideways","labels":{"alertname":"B"}}, {"status":"firing","labels":{"alertname":"C"},"startsAt":"soon"}
                """#))
        #expect(parsed.events.map(\.title) == ["A", "C"] && parsed.events.last?.startsAt == nil)
        #expect(parsed.quarantined.map(\.index) == [1, 2, 3, 4])
        #expect(
            parsed.quarantined.flatMap(\.faults).map(\.pointer) == [
                "/alerts/1", "/alerts/2/labels", "/alerts/3/labels", "/alerts/4/status",
            ])
        #expect(parsed.quarantined.first?.raw == "7")
    }

    @Test func anotherVersionOrShapeIsRefusedWithAPointer() throws {
        for (body, pointer) in [
            (#"{"version":"3","groupKey":"x","alerts":[]}"#, "/version"), (#"{"version":"4","groupKey":"x","alerts":{}}"#, "/alerts"),
            (#"{"version":"4","groupKey":"x"}"#, "/alerts"),
        ] {
            #expect(throws: InvalidFields(pointer, pointer == "/version" ? "must be \"4\"" : "must be an array")) {
                try parse(try json(body))
            }
        }
    }

    @Test func aThousandAlertsAreTakenAndOneMoreIsTooMany() throws {
        let alert = JSONValue.object([
            .init("status", .string("firing")), .init("labels", .object([.init("alertname", .string("A"))])),
        ])
        func body(_ count: Int) -> JSONValue {
            .object([
                .init("version", .string("4")), .init("groupKey", .string("g")),
                .init("alerts", .array(Array(repeating: alert, count: count))),
            ])
        }
        #expect(try parse(body(1_000)).events.count == 1_000)
        #expect(throws: TooManyAlerts.self) { try parse(body(1_001)) }
    }

    @Test func severitiesAreMappedAndUnknownOnesKept() throws {
        let context = Samples.context(defaultSeverity: .high)
        for (text, severity, original) in [
            ("page", Severity.critical, nil), ("Warning", .medium, nil), ("info", .low, nil), ("error", .high, nil),
            ("purple", .high, "purple" as String?),
        ] {
            let body = try webhook(#"{"status":"firing","labels":{"alertname":"A","severity":"\#(text)"}}"#)
            let event = try #require(try parse(body, context).events.first)
            #expect(event.severity == severity && event.labels["original_severity"] == original, "\(text)")
        }
        let silent = try #require(try parse(try webhook(#"{"status":"firing","labels":{"alertname":"A"}}"#), context).events.first)
        #expect(silent.severity == .high && silent.labels["original_severity"] == nil)
    }

    @Test(arguments: [
        (#""service":"s","job":"j","instance":"i""#, "own" as String?, "s"), (#""job":"j","instance":"i""#, "own", "j"),
        (#""instance":"i""#, "own", "own"), (#""instance":"i""#, nil, "i"), (#""host":"h""#, nil, "h"), (#""x":"y""#, nil, "unknown"),
        (#""service":"","job":"j""#, nil, "j"),
    ])
    func theServiceIsLookedForInOrder(_ labels: String, _ own: String?, _ service: String) throws {
        let body = try webhook(#"{"status":"firing","labels":{"alertname":"A",\#(labels)}}"#)
        #expect(try parse(body, Samples.context(service: own)).events.first?.service == service)
    }

    @Test func groupsOfTwoIntegrationsAreNotOne() throws {
        let body = try webhook(#"{"status":"firing","labels":{"alertname":"A"}}"#)
        let other = Integration(id: .make(at: Samples.start), name: "other", createdAt: Samples.start)
        let context = FormatContext(integration: other, now: Samples.start, digest: Samples.context().digest)
        #expect(try parse(body).events.first?.correlation != (try parse(body, context)).events.first?.correlation)
    }
}
