import Contracts
import Postgres
import ServiceKit
import TestSupport
import Testing

/// Whatever the gate lets through, PostgreSQL reads as the same value (reliability INP-1).
@Suite struct JSONBAgreementTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func postgresAgreesOnWhatTheGateAccepts(seed: UInt64) async throws {
        try await Fixture.run { fixture in
            let db = fixture.database().workers
            var maker = DocumentMaker(seed: seed)
            var accepted = 0
            for _ in 0..<1_500 {
                let bytes = maker.document()
                guard let value = try? JSONGate.parse(bytes) else { continue }
                accepted += 1
                let text = String(decoding: bytes, as: UTF8.self)
                let isSame = try? await db.value(Bool.self, "SELECT \(text)::text::jsonb = \(value.serialized)::text::jsonb")
                #expect(isSame == true, "\(text)")
            }
            #expect(accepted > 300)
        }
    }

    /// What the gate is there for: the two would read these differently, or one of them not at all.
    @Test(arguments: [
        (#"{"a":1,"a":2}"#, true), (#"{"a":1,"\u0061":2}"#, true), (#"{"a":1e400}"#, true), (#"{"a":"\u0000"}"#, false),
        (#"{"a":"\ud800"}"#, false), (#"{"a":1,}"#, false),
    ])
    func theGateRefusesWhatPostgresReadsOtherwiseOrNotAtAll(text: String, isTakenByPostgres: Bool) async throws {
        #expect(throws: JSONFault.self) { _ = try JSONGate.parse(Array(text.utf8)) }
        try await Fixture.run { fixture in
            let db = fixture.database().workers
            let isTaken = (try? await db.execute("SELECT \(text)::text::jsonb")) != nil
            #expect(isTaken == isTakenByPostgres)
        }
    }
}
