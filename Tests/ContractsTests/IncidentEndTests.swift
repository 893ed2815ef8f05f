import Contracts
import Foundation
import Testing

@Suite struct IncidentEndTests {
    private static let at = Date(timeIntervalSince1970: 1_772_983_800)
    private static let incident = IncidentID.make(at: at)

    @Test(arguments: [3, nil]) func endSaysWhatTheIncidentHadTakenInOrNothing(_ groupSeq: Int?) throws {
        let end = IncidentClosed(incidentID: Self.incident, reason: .resolved, groupSeq: groupSeq, closedAt: Self.at)
        let text = try WireJSON.encodeText(end)
        #expect(text.contains("\"group_seq\"") == (groupSeq != nil))
        let read: IncidentClosed = try WireJSON.decode(fromText: text)
        #expect(read.groupSeq == groupSeq && read.incidentID == end.incidentID && read.reason == end.reason && read.closedAt == Self.at)
    }

    /// IncidentManagement's outbox has ends and reopenings in one lane and tells them apart by their members.
    @Test func endIsNoReopening() throws {
        let end = IncidentClosed(incidentID: Self.incident, reason: .deleted, groupSeq: 1, closedAt: Self.at)
        let text = try WireJSON.encodeText(end)
        #expect(throws: DecodingError.self) { _ = try WireJSON.decode(IncidentReopened.self, fromText: text) }
    }
}
