import AlertIngestion
import Contracts
import Foundation
import Testing

@Suite struct IdentityTests {
    @Test func textsAreCutByCharactersAndBytes() {
        #expect(NormalText.cut("abc", characters: 3) == "abc" && NormalText.cut("abcd", characters: 3) == "ab…")
        let zalgo = "a" + String(repeating: "\u{301}", count: 10_000)
        #expect(NormalText.cut(zalgo, characters: 255).utf8.count <= 1_020)
        #expect(NormalText.identity("  ", characters: 9) == nil && NormalText.identity(" x ", characters: 9) == "x")
    }

    @Test func keysSortByBytesAsPostgresDoes() {
        let keys = ["b", "é", "a", "Z", "~"].map { DedupKey(rawValue: $0) }
        #expect(keys.sorted().map(\.rawValue) == ["Z", "a", "b", "~", "é"])
    }

    @Test func theFloorOfAnInstantIsBelowItsIds() {
        let now = Samples.start
        #expect(UUID.floor(at: now) < UUID.version7(at: now) && UUID.version7(at: now) < UUID.floor(at: now + 0.001))
        #expect(UUID.floor(at: .distantPast) == UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)))
    }

    @Test func answersSayWhatClientsLookFor() throws {
        let ids = (AlertID.make(at: Samples.start), IncidentID.make(at: Samples.start))
        let outcome = AcceptOutcome(
            decision: .createdNewIncident, dedupKey: DedupKey(rawValue: "a\"b"), alertID: ids.0, incidentID: ids.1)
        let single = IngestAnswer(format: .native, outcomes: [outcome], quarantined: 0)
        #expect(single.status == 201)
        #expect(
            single.body
                == #"{"alert_id":"\#(ids.0)","incident_id":"\#(ids.1)","dedup_key":"a\"b","status":"correlated","action":"created_new_incident"}"#
        )
        let batch = IngestAnswer(format: .alertmanagerWebhook, outcomes: [outcome], quarantined: 2)
        #expect(batch.status == 200 && batch.body.hasPrefix(#"{"status":"success","accepted":1,"quarantined":2,"items":[{"alert_id""#))
    }
}
