import Contracts
import Foundation
import OnCall
import Postgres
import TestSupport
import Testing

@Suite struct EscalationStoreTests {
    private static let now = Date(timeIntervalSince1970: 1_772_452_800)

    private static func record(_ question: EscalateQuestion, _ name: String) -> EscalationRecord {
        let recipient = Recipient(userID: nil, name: name, email: "", role: "primary", reason: "rotation")
        return EscalationRecord(
            id: .make(at: now), teams: ["payments"], incident: question.incidentID.description,
            firing: .init(id: question.firingID, epoch: question.epoch, step: question.step, round: question.round),
            answer: EscalateAnswer(recipients: [recipient], scheduleVersion: 3, validUntil: now), reason: nil, askedBy: "daemon:x", at: now
        )
    }

    private static func question(_ incident: IncidentID, epoch: Int = 1, step: Int = 0, round: Int = 0) -> EscalateQuestion {
        EscalateQuestion(firingID: .make(at: now), incidentID: incident, epoch: epoch, step: step, round: round, targets: [], at: now)
    }

    private func withStore(_ body: @Sendable @escaping (EscalationStore) async throws -> Void) async throws {
        try await withDatabase(migrations: [(schema: OnCallMigrations.schema, OnCallMigrations.all)]) { database in
            try await body(EscalationStore(database.database(schema: OnCallMigrations.schema).api))
        }
    }

    @Test func onlyTheFirstRecordOfAFiringIsKept() async throws {
        try await withStore { store async throws in
            let question = Self.question(.make(at: Self.now))
            #expect(try await store.keep(Self.record(question, "Alice"))?.recipients.map(\.name) == ["Alice"])
            #expect(try await store.keep(Self.record(question, "Bob")) == nil)
            #expect(try await store.answer(to: question)?.recipients.map(\.name) == ["Alice"])
            #expect(try await store.list(team: nil, limit: 10).count == 1)
        }
    }

    @Test func recordsKeptAtTheSameTimeAreOne() async throws {
        try await withStore { store async throws in
            let question = Self.question(.make(at: Self.now))
            let kept = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<16 { group.addTask { try await store.keep(Self.record(question, "P\(number)")) != nil } }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(kept == 1)
            #expect(try await store.list(team: "payments", limit: 100).count == 1)
        }
    }

    @Test func anotherEpochStepRoundOrIncidentIsAnotherFiring() async throws {
        try await withStore { store async throws in
            let incident = IncidentID.make(at: Self.now)
            let questions = [
                Self.question(incident), Self.question(incident, epoch: 2), Self.question(incident, step: 1),
                Self.question(incident, round: 1),
                Self.question(.make(at: Self.now)),
            ]
            for question in questions { #expect(try await store.keep(Self.record(question, "Alice")) != nil) }
            #expect(try await store.list(team: nil, limit: 10).count == 5)
            #expect(try await store.list(team: "search", limit: 10).isEmpty)
        }
    }

    @Test func whatPeopleAskIsAllKept() async throws {
        try await withStore { store async throws in
            for second in 0..<2 {
                let at = Self.now.addingTimeInterval(Double(second))
                let record = EscalationRecord(
                    id: .make(at: at), teams: ["payments"], incident: "INC-7", firing: nil,
                    answer: EscalateAnswer(recipients: [], scheduleVersion: 0, validUntil: Self.now), reason: "why", askedBy: "alice",
                    at: at
                )
                #expect(try await store.keep(record) != nil)
                #expect(try await store.list(team: nil, limit: 1).first == record)
            }
        }
    }
}
