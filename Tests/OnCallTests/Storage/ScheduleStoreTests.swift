import Contracts
import Foundation
import OnCall
import Postgres
import TestSupport
import Testing

@Suite struct ScheduleStoreTests {
    private static let change = Change(actor: "alice", at: Date(timeIntervalSince1970: 1_772_452_800))

    private func withStores(_ body: @Sendable @escaping (ScheduleStore, OverrideStore, HistoryStore) async throws -> Void) async throws {
        try await withDatabase(migrations: [(schema: OnCallMigrations.schema, OnCallMigrations.all)]) { database in
            let lane = database.database(schema: OnCallMigrations.schema).api
            try await body(ScheduleStore(lane), OverrideStore(lane), HistoryStore(lane))
        }
    }

    private static func draft(_ members: [Member], _ kind: RotationKind = .biweekly) throws -> ScheduleDraft {
        let rotation = RotationDraft(
            kind: kind, zone: Zone("Australia/Lord_Howe"), handoffTime: LocalTime("23:59"), handoffDay: .sunday,
            start: LocalDate("2026-02-03")
        )
        return ScheduleDraft(team: "payments", members: members, rotation: rotation)
    }

    @Test func aScheduleReadsBackAsItWasWritten() async throws {
        try await withStores { schedules, _, _ async throws in
            let members = secondary("Zoe") + [Member(name: "O'Brien, \"B\" {x}", email: nil, role: .primary)] + primary("Alice")
            let written = try await schedules.put(try Self.draft(members), Self.change)
            #expect(written.schedule.members == members && written.schedule.version == 1)
            #expect(written.schedule.rotation?.zone.name == "Australia/Lord_Howe" && written.schedule.rotation?.handoffDay == .sunday)
            #expect(written.schedule.rotation?.start.description == "2026-02-03" && written.createdAt == Self.change.at)
            #expect(try await schedules.find("payments") == written)
            #expect(try await schedules.find("Payments") == nil)
        }
    }

    @Test func replacingIsAllOrNothing() async throws {
        try await withStores { schedules, _, history async throws in
            let first = try await schedules.put(try Self.draft(primary("A", "B")), Self.change)
            await #expect(throws: OnCallError.noPrimary) { _ = try await schedules.put(try Self.draft(secondary("S")), Self.change) }
            #expect(try await schedules.find("payments") == first)
            let nameless = [Member(name: "", email: nil, role: .primary)]
            await #expect(throws: PostgresError.self) { _ = try await schedules.put(try Self.draft(nameless), Self.change) }
            #expect(try await schedules.find("payments") == first)
            #expect(try await history.list(team: nil, limit: 10).map(\.kind) == [.scheduleCreated])
            let second = try await schedules.put(try Self.draft(primary("C"), .daily), Self.change)
            #expect(second.schedule.id == first.schedule.id && second.schedule.version == 2)
            #expect(second.schedule.members == primary("C") && second.schedule.rotation?.handoffDay == nil)
        }
    }

    @Test func changesAtTheSameTimeComeOneAfterAnother() async throws {
        try await withStores { schedules, _, history async throws in
            _ = try await schedules.put(try Self.draft(primary("A")), Self.change)
            try await withThrowingTaskGroup { group in
                for number in 0..<10 {
                    group.addTask {
                        _ = try await schedules.edit("payments", ScheduleEdit(add: secondary("S\(number)")), ifVersion: nil, Self.change)
                    }
                }
                try await group.waitForAll()
            }
            let stored = try await schedules.find("payments")
            #expect(stored?.schedule.version == 11 && stored?.schedule.members.count == 11)
            #expect(try await history.list(team: "payments", limit: 100).count == 11)
        }
    }

    @Test func theVersionNeverComesAgain() async throws {
        try await withStores { schedules, _, _ async throws in
            _ = try await schedules.put(try Self.draft(primary("A")), Self.change)
            try await schedules.delete("payments", Self.change)
            await #expect(throws: OnCallError.noSchedule) { try await schedules.delete("payments", Self.change) }
            await #expect(throws: OnCallError.unknownTeam) { try await schedules.delete("nobody", Self.change) }
            #expect(try await schedules.put(try Self.draft(primary("A")), Self.change).schedule.version == 3)
        }
    }

    @Test func anOverrideOfTheSameInstantStillGivesWay() async throws {
        try await withStores { schedules, overrides, _ async throws in
            _ = try await schedules.put(try Self.draft(primary("A")), Self.change)
            let ends = Self.change.at.addingTimeInterval(3600)
            func override(_ name: String) -> Override {
                Override(
                    id: .make(at: Self.change.at), name: name, email: "\(name)@example.org", replaces: nil, reason: nil,
                    starts: Self.change.at,
                    ends: ends
                )
            }
            for name in ["B", "C"] { _ = try await overrides.set(override(name), team: "payments", Self.change) }
            #expect(try await overrides.active(at: Self.change.at).map(\.override.name) == ["C"])
            let board = try await schedules.boards(["payments", "nobody"], at: Self.change.at)
            #expect(board.keys.sorted() == ["payments"])
            #expect(board["payments"]?.duty(.primary, at: Self.change.at).duty.member?.name == "C")
            #expect(board["payments"]?.schedule.version == 3)
        }
    }
}
