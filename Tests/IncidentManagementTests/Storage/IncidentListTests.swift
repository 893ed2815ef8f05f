import Contracts
import Foundation
import IncidentManagement
import Postgres
import Synchronization
import TestSupport
import Testing

/// Nothing that was before a write is shown after it, on any replica.
@Suite struct IncidentListTests {
    enum Way: String, CaseIterable {
        case declared, opened, attached, acknowledged, deleted, escalated, reported, changedByHand, removedByHand, truncatedByHand
    }

    @Test(arguments: Way.allCases)
    func everyWayToChangeAnIncidentIsSeenByAReplicaThatHasThePage(way: Way) async throws {
        try await IncidentRig.run { rig in
            let id = try await rig.open(1)[0]
            if way == .reported { try await rig.settle([rig.engine()], at: .example) }
            let replicas = [ListReplica(rig), ListReplica(rig)]
            var before: IncidentPage?
            for replica in replicas { before = try await replica.page() }
            try await Self.change(rig, id, way)
            for replica in replicas {
                let page = try await replica.page()
                #expect(page != before)
                #expect(try await page == rig.truth())
                #expect(await replica.count("hit") == 0)
            }
        }
    }

    private static func change(_ rig: IncidentRig, _ id: IncidentID, _ way: Way) async throws {
        switch way {
        case .declared: _ = try await rig.actions.declare(try .example(), by: "alice", once: nil, at: .example)
        case .opened: try await rig.open(1)
        case .attached: _ = try await rig.intake.take([.example(id, kind: .update, seq: 2)], at: .example)
        case .acknowledged: _ = try await rig.apply(.acknowledge, to: id, at: .example)
        case .deleted: _ = try await rig.apply(.delete, to: id, at: .example)
        case .escalated: try await rig.settle([rig.engine()], at: .example)
        case .reported:
            let page = try #require(try await rig.pages().first)
            let outcome = PageOutcome(
                pageID: page.pageID, incidentID: id, epoch: 1, result: .sent, channel: .email, reason: "smtp_accepted", at: .example)
            try await rig.outcomes.take([outcome], at: .example)
        case .changedByHand: try await rig.administrator.api.execute("UPDATE incident.incident SET title = 'By hand' WHERE id = \(id)")
        case .removedByHand:
            try await rig.administrator.api.execute("DELETE FROM incident.timeline_entry")
            try await rig.administrator.api.execute("DELETE FROM incident.incident WHERE id = \(id)")
        case .truncatedByHand: try await rig.administrator.api.execute("TRUNCATE incident.incident CASCADE")
        }
    }

    @Test func unchangedTableIsReadOnce() async throws {
        try await IncidentRig.run { rig in
            try await rig.open(3)
            let replica = ListReplica(rig)
            let pages = [try await replica.page(), try await replica.page(), try await replica.page()]
            #expect(Set(pages).count == 1)
            #expect(await replica.count("hit") == 2)
            #expect(await replica.count("miss") == 1)
        }
    }

    @Test func enginesThatFindNothingDueLeaveThePagesAlone() async throws {
        try await IncidentRig.run { rig in
            try await rig.open(1)
            try await rig.settle([rig.engine()], at: .example)
            let stamp = try await rig.incidents.listStamp()
            for _ in 0..<5 { _ = try await rig.engine().tick(now: .example) }
            #expect(try await rig.incidents.listStamp() == stamp)
        }
    }

    /// The trap of every number that is given out before the commit: the later one is committed, and seen, first.
    @Test func changeThatBeganFirstAndCommitsLastIsSeen() async throws {
        try await IncidentRig.run { rig in
            let ids = try await rig.open(2)
            let replica = ListReplica(rig)
            _ = try await replica.page()
            try await rig.database.api.transaction { slow in
                try await slow.execute("UPDATE incident.incident SET title = 'slow' WHERE id = \(ids[0])")
                try await rig.administrator.api.execute("UPDATE incident.incident SET title = 'quick' WHERE id = \(ids[1])")
                let between = try await replica.page()
                #expect(between.body.contains("quick") && !between.body.contains("slow"))
                #expect(try await replica.page() == between)
            }
            let after = try await replica.page()
            #expect(after.body.contains("quick") && after.body.contains("slow"))
        }
    }

    @Test func changeThatIsRolledBackToItsSavepointDoesNotHideTheNext() async throws {
        try await IncidentRig.run { rig in
            let id = try await rig.open(1)[0]
            let replica = ListReplica(rig)
            _ = try await replica.page()
            try await rig.administrator.api.transaction { transaction in
                try await transaction.execute("SAVEPOINT before")
                try await transaction.execute("UPDATE incident.incident SET title = 'undone' WHERE id = \(id)")
                try await transaction.execute("ROLLBACK TO SAVEPOINT before")
                try await transaction.execute("UPDATE incident.incident SET title = 'done' WHERE id = \(id)")
            }
            #expect(try await replica.page().body.contains("done"))
        }
    }

    private final class Progress: Sendable {
        let arrived = Mutex(0)
        let committed = Mutex<[String: Int]>([:])
        let isWriting = Mutex(true)
    }

    /// More writers than there are slots, each holding its transaction open: none may wait for another's stamp.
    @Test func writersDoNotWaitForEachOther() async throws {
        try await withDatabase(migrations: [(schema: "incident", IncidentMigrations.all)]) { test in
            let writers = 24
            let database = test.database(schema: "incident") { $0.workers.limit = writers }
            let rig = IncidentRig(database: database, administrator: test.administrator(), answers: { $0.answered([.carol]) })
            let ids = try await rig.open(writers)
            let replica = ListReplica(rig)
            _ = try await replica.page()
            let progress = Progress()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for id in ids {
                    group.addTask {
                        try await database.workers.transaction { transaction in
                            try await transaction.execute("UPDATE incident.incident SET title = 'written' WHERE id = \(id)")
                            progress.arrived.withLock { $0 += 1 }
                            try await eventually("all writers are at it") { progress.arrived.withLock { $0 } >= writers }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await replica.page().body.components(separatedBy: #""title":"written""#).count == writers + 1)
            #expect(try await rig.count("SELECT count(*) FROM incident.list_stamp") >= writers)
        }
    }

    /// Writers and readers on two replicas without any order between them but one: what was committed before a read began is in it.
    @Test func readersNeverSeeLessThanWhatWasCommittedBefore() async throws {
        try await IncidentRig.run { rig in
            let ids = try await rig.open(4)
            let replicas = [ListReplica(rig), ListReplica(rig)]
            let progress = Progress()
            let reads = try await withThrowingTaskGroup(of: Int.self) { group in
                for replica in replicas {
                    group.addTask {
                        var reads = 0
                        repeat {
                            let before = progress.committed.withLock { $0 }
                            let seen = try await replica.page().versions()
                            for (id, version) in before where (seen[id] ?? 0) < version {
                                Issue.record("\(id): version \(seen[id] ?? 0) shown after \(version) was committed")
                            }
                            reads += 1
                        } while progress.isWriting.withLock { $0 }
                        return reads
                    }
                }
                try await withThrowingTaskGroup(of: Void.self) { writers in
                    for id in ids {
                        writers.addTask {
                            for number in 0..<40 {
                                var change = IncidentActions.Change()
                                change.edit = { incident in
                                    incident.title = "Change \(number)"
                                    return ["title": "changed"]
                                }
                                let version = try await rig.actions.make(change, to: .id(id), by: "bob", at: .example).incident.version
                                progress.committed.withLock { $0["\(id)"] = version }
                            }
                        }
                    }
                    try await writers.waitForAll()
                }
                progress.isWriting.withLock { $0 = false }
                return try await group.reduce(0, +)
            }
            #expect(reads > 20)
            for replica in replicas { #expect(try await replica.page() == rig.truth()) }
        }
    }

    @Test func questionsThatDifferInAnyPartHaveTheirOwnPages() async throws {
        try await IncidentRig.run { rig in
            try await rig.open(3)
            let replica = ListReplica(rig)
            let instant = Date.example
            let questions: [(inout IncidentFilter) -> Void] = [
                { _ in }, { $0.limit = 2 }, { $0.limit = 1 }, { $0.offset = 1 }, { $0.statuses = [.open] }, { $0.severities = [.high] },
                { $0.service = "checkout" }, { $0.team = "checkout" }, { $0.assignee = "checkout" }, { $0.source = .monitoring },
                { $0.words = "checkout" }, { $0.since = instant }, { $0.since = instant + 0.0001 }, { $0.until = instant },
                { $0.after = ListCursor(createdAt: instant, id: .make(at: instant)) },
            ]
            for question in questions { _ = try await replica.page(question) }
            #expect(await replica.count("hit") == 0)
            #expect(try await replica.page { $0.limit = 2 }.next != nil)
            #expect(await replica.count("hit") == 1)
        }
    }
}
