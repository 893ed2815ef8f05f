import AlertIngestion
import Contracts
import Foundation
import Testing

@Suite struct NativeFormatTests {
    private func parse(_ text: String, _ context: FormatContext = Samples.context()) throws -> AlertEvent {
        try NativeFormat.parse(try json(text), context)
    }

    private func pointers(_ text: String) throws -> Set<String> {
        do {
            _ = try parse(text)
            return []
        } catch let fields as InvalidFields {
            return Set(fields.faults.map(\.pointer))
        }
    }

    @Test func readsTheUsualBody() throws {
        let event = try parse(
            """
            {"service":" frontend-api ","severity":" high ","message":"HTTP 5xx error rate > 10%",
             "labels":{"environment":"production","team":"web"},"timestamp":"2026-03-08T15:30:00Z"}
            """)
        #expect(event.service == "frontend-api" && event.severity == .high && event.action == .trigger)
        #expect(event.title == "HTTP 5xx error rate > 10%" && event.description == nil && event.source == "api")
        #expect(event.team == "web" && event.labels["environment"] == "production")
        let reported = try instant("2026-03-08T15:30:00Z")
        #expect(event.reportedAt == reported && event.startsAt == nil && event.expiresAt == nil)
        #expect(event.correlation == .service("frontend-api", .high))
        #expect(event.dedupKey.rawValue.hasPrefix("auto:1:") && event.dedupKey.rawValue.utf8.count == 71)
    }

    @Test func readsEveryOptionalField() throws {
        let event = try parse(
            """
            {"service":"db","severity":"CRITICAL","title":"Disk","message":"95 % full","source":"nagios","dedup_key":"db/1",
             "links":["https://a.example/x",{"href":"http://b.example","text":"Graph"}]}
            """, Samples.context(team: "storage"))
        #expect(event.title == "Disk" && event.description == "95 % full" && event.source == "nagios" && event.severity == .critical)
        #expect(event.dedupKey == DedupKey(rawValue: "db/1") && event.team == "storage")
        #expect(event.links == [AlertLink(href: "https://a.example/x"), AlertLink(href: "http://b.example", text: "Graph")])
    }

    @Test func saysEverythingThatIsWrongAtOnce() throws {
        let found = try pointers(
            """
            {"service":"  ","severity":"urgent","labels":{"a":1},"timestamp":"yesterday","dedup_key":"","links":["javascript:alert(1)"],
             "role":"admin"}
            """)
        #expect(
            found == ["/service", "/severity", "/message", "/labels/a", "/timestamp", "/dedup_key", "/links/0", "/role"])
    }

    @Test(arguments: [
        (#"{"severity":"high","message":"x"}"#, "/service"), (#"{"service":"a","message":"x"}"#, "/severity"),
        (#"{"service":"a","severity":"high","message":null}"#, "/message"),
        (#"{"service":"a","severity":"high"}"#, "/message"), (#"{"service":1,"severity":"high","message":"x"}"#, "/service"),
        (#"{"service":"a","severity":true,"message":"x"}"#, "/severity"),
        (#"{"service":"a","severity":"high","message":"   "}"#, "/message"),
        (#"{"service":"a","severity":"сritical","message":"x"}"#, "/severity"),
        (#"{"service":"a","severity":"high","message":"x","dedup_key":"a\u200bb"}"#, "/dedup_key"),
        (#"{"service":"a","severity":"high","message":"x","labels":[]}"#, "/labels"),
    ])
    func pointsAtTheFault(_ body: String, _ pointer: String) throws {
        #expect(try pointers(body) == [pointer])
    }

    @Test func endOfAnAlertNeedsItsKeyOnly() throws {
        let end = try parse(#"{"status":"resolved","dedup_key":"db/1"}"#)
        #expect(end.action == .resolve && end.dedupKey == DedupKey(rawValue: "db/1"))
        #expect(try parse(#"{"status":"resolved","dedup_key":"db/1","service":"db","severity":"low","message":"x"}"#).action == .resolve)
        #expect(try parse(#"{"status":"firing","service":"a","severity":"low","message":"x"}"#).action == .trigger)
        #expect(try pointers(#"{"status":"resolved","service":"a","severity":"low","message":"x"}"#) == ["/dedup_key"])
        #expect(try pointers(#"{"status":"resolved","dedup_key":"a","severity":"urgent","service":7}"#) == ["/severity", "/service"])
        #expect(try pointers(#"{"status":"over","service":"a","severity":"low","message":"x"}"#) == ["/status"])
    }

    @Test func dedupKeysEndAt255Characters() throws {
        let longest = String(repeating: "k", count: 255)
        #expect(try parse(#"{"service":"a","severity":"low","message":"x","dedup_key":"\#(longest)"}"#).dedupKey.rawValue == longest)
        #expect(try pointers(#"{"service":"a","severity":"low","message":"x","dedup_key":"\#(longest)k"}"#) == ["/dedup_key"])
    }

    /// U+0958 has three bytes, and six when composed.
    @Test func whatComposingMakesTooLongForItsColumnIsAFault() throws {
        let short = String(repeating: "\u{0958}", count: 170)
        let long = String(repeating: "\u{0958}", count: 171)
        for field in ["service", "dedup_key"] {
            let rest = field == "service" ? "" : #","service":"a""#
            #expect(try pointers(#"{"\#(field)":"\#(short)","severity":"low","message":"x"\#(rest)}"#) == [])
            #expect(try pointers(#"{"\#(field)":"\#(long)","severity":"low","message":"x"\#(rest)}"#) == ["/\(field)"])
        }
        #expect(try pointers(#"{"status":"resolved","dedup_key":"\#(long)","service":"\#(long)"}"#) == ["/dedup_key", "/service"])
    }

    @Test func aLongMessageIsCutForTheTitleAndKeptWhole() throws {
        let message = String(repeating: "ä", count: 300)
        let event = try parse(#"{"service":"a","severity":"low","message":"\#(message)"}"#)
        #expect(event.title.count == 255 && event.title.hasSuffix("…") && event.description == message)
    }

    @Test func wordingIsNoReasonToRefuse() throws {
        for word in ["test", "none", "null", "TEST"] {
            #expect(try parse(#"{"service":"a","severity":"low","message":"\#(word)"}"#).title == word)
        }
    }

    @Test func composedAndDecomposedTextsAreOneAlert() throws {
        let composed = try parse(#"{"service":"caf\u00e9","severity":"low","message":"r\u00e9sum\u00e9"}"#)
        let decomposed = try parse(#"{"service":"cafe\u0301","severity":"low","message":"re\u0301sume\u0301"}"#)
        #expect(composed.dedupKey.rawValue.utf8.elementsEqual(decomposed.dedupKey.rawValue.utf8))
        #expect(composed.correlation.rawValue.utf8.elementsEqual(decomposed.correlation.rawValue.utf8))
    }

    @Test func theAutomaticKeyIsSourceServiceAndTitle() throws {
        let key = { (text: String) in try parse(text).dedupKey }
        let first = try key(#"{"service":"a","severity":"low","message":"x"}"#)
        #expect(try key(#"{"service":"a","severity":"high","message":"x","labels":{"k":"v"}}"#) == first)
        #expect(try key(#"{"service":"b","severity":"low","message":"x"}"#) != first)
        #expect(try key(#"{"service":"a","severity":"low","message":"y"}"#) != first)
        #expect(try key(#"{"service":"a","severity":"low","message":"x","source":"s"}"#) != first)
        // printf 'api\0a\0x' | sha256sum
        #expect(first.rawValue == "auto:1:" + Self.digestOfApiAX)
    }

    private static let digestOfApiAX = "fcb1221e7f0ef999cf7cbe3c405d71768a77f54a87b370b8c2cdb4ef8861895e"
}
