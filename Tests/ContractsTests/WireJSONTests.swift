import Contracts
import Foundation
import Testing

@Suite struct WireJSONTests {
    struct Sample: Codable, Equatable {
        let incidentID: IncidentID
        let publicURL: String
        let mttaP50Seconds: Double?
        let openedAt: Date
        let labels: [String: String]
    }

    @Test func namesAreSnakeCaseAndKeysOfDictionariesStayAsTheyAre() throws {
        let sample = Sample(
            incidentID: .make(at: Date(timeIntervalSince1970: 1_772_443_800)), publicURL: "https://x", mttaP50Seconds: 1.5,
            openedAt: Date(timeIntervalSince1970: 1_772_443_800.25), labels: ["someKey": "a", "other_key": "b"]
        )
        let text = try WireJSON.encodeText(sample)
        for part in [
            "\"incident_id\"", "\"public_url\"", "\"mtta_p50_seconds\"", "\"someKey\"", "\"other_key\"", "2026-03-02T09:30:00.250Z",
        ] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
        #expect(try WireJSON.decode(Sample.self, fromText: text) == sample)
    }

    @Test func absentMeansAbsentNotNull() throws {
        let sample = Sample(
            incidentID: .make(at: .distantPast), publicURL: "", mttaP50Seconds: nil, openedAt: Date(timeIntervalSince1970: 0), labels: [:]
        )
        #expect(!(try WireJSON.encodeText(sample)).contains("null"))
    }

    @Test func membersOfAValueAreDataAndStayAsTheyAre() throws {
        struct Shown: Encodable { let rawBody: JSONValue }
        let value = JSONValue.object([
            .init("startsAt", .string("x")), .init("n", .object([.init("generatorURL", .number("1.50")), .init("big", .number("1e300"))])),
        ])
        let text = try WireJSON.encodeText(Shown(rawBody: value))
        #expect(text == #"{"raw_body":{"n":{"big":1e+300,"generatorURL":1.5},"startsAt":"x"}}"#)
    }

    @Test func documentReadAsItIsKeepsItsKeys() throws {
        let document = try JSONValue(parsing: Data(#"{"access_token":"x","n":12345678901234567890,"list":[1,true,null]}"#.utf8))
        #expect(document["access_token"]?.string == "x")
        #expect(document["list"]?.array?.count == 3)
    }
}

@Suite struct TimeTextTests {
    @Test(arguments: [
        ("2026-03-08T15:30:00Z", 1_772_983_800.0), ("2026-03-08T15:30:00.125Z", 1_772_983_800.125),
        ("2026-03-08T17:30:00+02:00", 1_772_983_800), ("2026-03-08 15:30:00Z", 1_772_983_800), ("2026-03-08T15:30:00+0000", 1_772_983_800),
        ("0001-01-01T00:00:00Z", -62_135_596_800), ("2024-02-29T00:00:00Z", 1_709_164_800), ("1969-12-31T23:59:59Z", -1),
    ])
    func timesAreRead(text: String, seconds: Double) {
        #expect(Date(rfc3339: text)?.timeIntervalSince1970 == seconds)
    }

    @Test(arguments: [
        "", "yesterday", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2025-02-29T00:00:00Z", "2026-03-08T24:00:00Z",
        "2026-03-08T15:30:00",
        "2026-03-08", "0000-01-01T00:00:00Z", "2026-03-08T15:30:00.Z", "2026-03-08T15:30:00Zx", "２０２６-03-08T15:30:00Z",
        "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
    ])
    func whatIsNoTimeIsRefused(text: String) {
        #expect(Date(rfc3339: text) == nil)
    }

    @Test func everyHourOfACenturyReadsBackAsItWasWritten() {
        for hour in stride(from: -400_000, to: 500_000, by: 97) {
            let date = Date(timeIntervalSince1970: Double(hour) * 3600)
            #expect(Date(rfc3339: date.rfc3339) == date)
        }
    }
}

@Suite struct FieldReaderTests {
    @Test func unknownMembersAndListItemsAreNamedByTheirPointer() {
        var fields = FieldReader(.object([.init("names", .array([.string("ok"), .number("1")])), .init("a/b", .null)]))
        _ = fields.texts("names", atMost: 5, 1...10)
        _ = fields.text("title", 1...10)
        #expect(Set(fields.allFaults.map(\.pointer)) == ["/names/1", "/title", "/a~1b"])
    }

    @Test(
        arguments: [("37", 37), ("37.0", 37), ("-1.000", -1), ("37.5", nil), ("1e2", nil), ("99999999999999999999", nil)]
            as [(String, Int?)])
    func wholeNumberMayHaveAFractionOfZero(text: String, value: Int?) {
        #expect(JSONValue.number(text).integer == value)
    }

    @Test func lengthIsBoundedInCodePointsToo() {
        let accented = String(repeating: "e\u{301}", count: 6)
        var fields = FieldReader(.object([.init("name", .string(accented)), .init("names", .array([.string(accented)]))]))
        _ = fields.text("name", 1...10)
        _ = fields.texts("names", atMost: 5, 1...10)
        #expect(fields.faults.map(\.pointer) == ["/name", "/names/0"])
    }

    @Test func nullIsNoValueOfARequiredField() {
        var fields = FieldReader(.object([.init("count", .null), .init("id", .null)]))
        _ = fields.integer("count", 1...10)
        _ = fields.id("id", IncidentID.self)
        #expect(fields.faults.map(\.pointer) == ["/count", "/id"])
    }

    @Test func newIDsSortByTheirTime() {
        let early = IncidentID.make(at: Date(timeIntervalSince1970: 1_000))
        let late = IncidentID.make(at: Date(timeIntervalSince1970: 2_000))
        #expect(early < late)
        #expect(early.description.dropFirst(14).first == "7")
        #expect(IncidentID(early.description) == early)
        #expect(IncidentID("nonsense") == nil)
    }
}
