import Contracts
import Foundation
import IncidentManagement
import Postgres
import TestSupport
import Testing
import WorkQueue

@Suite struct PagingHoldTests {
    @Test func heldEngineFiresNothingAndOneStepAfterwards() async throws {
        try await IncidentRig.run { rig in
            let opened = ManualClock.start
            let incident = try await rig.open(1, at: opened)[0]
            try await rig.administrator.api.execute(
                "INSERT INTO incident.paging_hold (id, reason, held_at) VALUES (gen_random_uuid(), 'restored', \(opened))")
            // Long after every step of the policy was due.
            let later = opened + 6 * 3600
            let engine = rig.engine("one")
            try await rig.settle([engine, rig.engine("two")], at: later)
            #expect(try await rig.count("SELECT count(*) FROM incident.firing") == 0)

            let store = PagingStore(rig.database.api, outbox: rig.outbox, signals: rig.signals)
            #expect(try await store.status(at: later).held)
            let origin = AuditOrigin(actor: "alice@example.org", requestID: nil, remoteAddress: nil, at: later)
            let (status, released) = try await store.release(by: origin)
            #expect(released && !status.held && status.releasedBy == "alice@example.org")
            #expect(try await rig.timeline(incident).last == .pagingHeld)
            try await rig.settle([engine], at: later)
            #expect(try await rig.count("SELECT count(*) FROM incident.firing") == 1)
        }
    }

    @Test func releaseIsToldUnderTheHoldsIDAndAgainWhenAskedAgain() async throws {
        try await IncidentRig.run { rig in
            let now = ManualClock.start
            let hold = PagingHoldID.make(at: now)
            try await rig.administrator.api.execute(
                "INSERT INTO incident.paging_hold (id, reason, held_at) VALUES (\(hold), 'restored', \(now))")
            let store = PagingStore(rig.database.api, outbox: rig.outbox, signals: rig.signals)
            let origin = AuditOrigin(actor: "alice@example.org", requestID: nil, remoteAddress: nil, at: now)
            let waiting: SQL =
                "SELECT count(*) FROM incident.outbox WHERE destination = 'notification.paging-releases' AND message_id = \(hold)"
            _ = try await store.release(by: origin)
            #expect(try await rig.count(waiting) == 1)
            _ = try await store.release(by: origin)
            #expect(try await rig.count(waiting) == 1)
            try await rig.administrator.api.execute("DELETE FROM incident.outbox")
            #expect(try await !store.release(by: origin).released)
            #expect(try await rig.count(waiting) == 1)
            #expect(try await rig.count("SELECT count(*) FROM incident.audit WHERE action = 'paging.release'") == 1)
        }
    }

    @Test func withoutAHoldThereIsNothingToRelease() async throws {
        try await IncidentRig.run { rig in
            let store = PagingStore(rig.database.api, outbox: rig.outbox, signals: rig.signals)
            let origin = AuditOrigin(actor: "alice@example.org", requestID: nil, remoteAddress: nil, at: ManualClock.start)
            let (status, released) = try await store.release(by: origin)
            #expect(!released && !status.held && status.holdID == nil)
            #expect(try await rig.count("SELECT count(*) FROM incident.outbox") == 0)
        }
    }
}
