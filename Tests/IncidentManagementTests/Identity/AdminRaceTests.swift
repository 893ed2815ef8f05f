import Contracts
import Foundation
import IncidentManagement
import Postgres
import TestSupport
import Testing

@Suite struct AdminRaceTests {
    /// One round seldom overlaps; of twenty some do.
    private static let rounds = 20

    @Test func twoAdminsWhoRemoveEachOtherLeaveOne() async throws {
        try await withDatabase(migrations: [("incident", [Identity.migration])]) { test in
            let lane = test.database(schema: "incident").api
            let users = UserStore(lane)
            let origin = AuditOrigin(actor: "test", requestID: nil, remoteAddress: nil, at: ManualClock.start)
            let admins = try await [
                users.create(draft("one@example.org"), passwordHash: "x", origin: origin),
                users.create(draft("two@example.org"), passwordHash: "x", origin: origin),
            ]
            let demotion = try UserChange(byAdmin: .object([.init("role", .string("viewer"))]))
            for _ in 0..<Self.rounds {
                try await lane.execute("UPDATE incident.app_user SET role = 'admin'")
                let demoted = await withTaskGroup(of: Bool.self) { group in
                    for admin in admins {
                        group.addTask { (try? await users.change(admin.id, demotion, passwordHash: nil, origin: origin)) != nil }
                    }
                    return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                #expect(demoted == 1)
            }
        }
    }

    private func draft(_ email: String) throws -> UserDraft {
        try UserDraft(
            .object([.init("email", .string(email)), .init("password", .string("correct horse")), .init("role", .string("admin"))]))
    }
}
