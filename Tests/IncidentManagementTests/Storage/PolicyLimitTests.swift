import Foundation
import HTTPTypes
import IncidentManagement
import Postgres
import ServiceKit
import TestSupport
import Testing

/// All active policies are read for every batch of alert events, so there is an end to their number.
@Suite struct PolicyLimitTests {
    private func body(_ name: String) -> String {
        #"{"name":"\#(name)","steps":[{"delay_minutes":0,"actions":[{"type":"notify","targets":[{"type":"admins"}]}]}]}"#
    }

    /// Policies that nobody can read count too.
    private func fill(_ rig: IncidentRig, upTo count: Int) async throws {
        try await rig.administrator.api.execute(
            """
            INSERT INTO incident.policy (id, name, position, is_active, body, created_at, updated_at)
            SELECT gen_random_uuid(), 'p' || n, n, n % 2 = 0, '{}', now(), now()
            FROM generate_series(1, \(count) - (SELECT count(*) FROM incident.policy)) n
            """)
    }

    @Test func oneMoreThanTheMostIsRefusedUntilOneIsDeleted() async throws {
        try await IncidentRig.run { rig in
            try await fill(rig, upTo: StoredPolicy.most - 1)
            let last = try await rig.policy(body("last"))
            await #expect(throws: PolicyError.tooMany) { try await rig.policy(body("more")) }
            try await PolicyEditor(rig.database.api).delete(last.id, origin: rig.origin)
            try await rig.policy(body("more"))
        }
    }

    @Test func twoAtOnceDoNotPassItTogether() async throws {
        try await IncidentRig.run { rig in
            try await fill(rig, upTo: StoredPolicy.most - 1)
            let made = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<6 { group.addTask { (try? await rig.policy(body("x\(number)"))) != nil } }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(made == 1)
            #expect(try await rig.count("SELECT count(*) FROM incident.policy") == StoredPolicy.most)
        }
    }

    @Test func theRefusalSaysWhatToDo() {
        let problem = PolicyError.tooMany.problem
        #expect(problem.status == .conflict && problem.code == "too_many_policies")
        #expect(problem.detail.contains("Delete one"))
    }
}
