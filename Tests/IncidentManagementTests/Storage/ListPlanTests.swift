import Contracts
import Foundation
import IncidentManagement
import Postgres
import TestSupport
import Testing

/// A page costs what it holds among any number of incidents, whatever it is narrowed to, also by a plan that was made without knowing the values.
@Suite struct ListPlanTests {
    enum Question: String, CaseIterable {
        case all, nextPage, status, severity, service, serviceAndState, team, source, period, assignee

        var index: String {
            switch self {
            case .all, .nextPage, .period: "incident_newest"
            case .status, .severity: "incident_by_state"
            case .service, .serviceAndState: "incident_by_service"
            case .team: "incident_by_team"
            case .source: "incident_by_source"
            case .assignee: "incident_by_assignee"
            }
        }

        var filter: IncidentFilter {
            var filter = IncidentFilter()
            switch self {
            case .all: break
            case .nextPage: filter.after = ListCursor(createdAt: .example, id: .make(at: .example))
            case .status: filter.statuses = [.open, .acknowledged]
            case .severity: filter.severities = [.critical]
            case .service: filter.service = "rare"
            case .serviceAndState:
                filter.service = "rare"
                filter.statuses = [.open]
                filter.severities = [.low]
            case .team: filter.team = "rare"
            case .source: filter.source = .partner
            case .period:
                filter.since = Date.example - 3_600
                filter.until = Date.example
            case .assignee: filter.assignee = "rare"
            }
            return filter
        }
    }

    @Test(arguments: Question.allCases)
    func pageReadsAnIndexThatKnowsWhatIsAsked(question: Question) async throws {
        try await IncidentRig.run { rig in
            try await Self.fill(rig, 20_000)
            for plan in try await Self.plans(of: question.filter.places(), rig) {
                #expect(plan.contains(question.index), "\(plan)")
                #expect(!plan.contains("Seq Scan") && Self.filtered(plan).isSubset(of: ["incident_unresolved"]), "\(plan)")
            }
        }
    }

    @Test func incidentsAreCountedFromTheSmallestIndex() async throws {
        try await IncidentRig.run { rig in
            try await Self.fill(rig, 20_000)
            for plan in try await Self.plans(of: StatsStore.byStatus, rig) {
                #expect(plan.contains("Index Only Scan using incident_count"), "\(plan)")
            }
        }
    }

    @Test func pageWithWordsLooksAtABoundedNumberAndTheNextOneGoesOn() async throws {
        try await IncidentRig.run { rig in
            try await Self.fill(rig, IncidentFilter.wordsReach + 1)
            try await rig.administrator.api.execute(
                "UPDATE incident.incident SET title = 'needle' WHERE created_at = (SELECT min(created_at) FROM incident.incident)")
            let replica = ListReplica(rig)
            let first = try await replica.page { $0.words = "NEEDLE" }
            #expect(try first.versions().isEmpty)
            let place = try #require(first.next)
            let second = try await replica.page {
                $0.words = "NEEDLE"
                $0.after = place
            }
            #expect(try second.versions().count == 1)
            #expect(second.next == nil)
        }
    }

    @Test func statesAreMergedInOneOrderAndListedOnce() async throws {
        try await IncidentRig.run { rig in
            try await Self.fill(rig, 100)
            let replica = ListReplica(rig)
            let all = try await replica.page { $0.limit = 60 }
            let byStatus = try await replica.page {
                $0.limit = 60
                $0.statuses = IncidentStatus.allCases + [.resolved]
            }
            #expect(byStatus == all)
            let rest = try await replica.page {
                $0.limit = 60
                $0.severities = Severity.allCases
                $0.after = all.next
            }
            #expect(try rest.versions().count == 40)
            #expect(try Set(rest.versions().keys).isDisjoint(with: all.versions().keys))
        }
    }

    /// Most are resolved, a second apart; none has a timer.
    private static func fill(_ rig: IncidentRig, _ count: Int) async throws {
        let id = try await rig.open(1)[0]
        let database = rig.administrator.api
        // Each well within a statement's deadline.
        for start in stride(from: 1, through: count, by: 2_000) {
            try await database.execute(
                """
                INSERT INTO incident.incident (id, title, status, severity, source, service, team, created_at, updated_at, policy,
                                               acknowledged_at, acknowledged_by, resolved_at, resolved_by)
                SELECT gen_random_uuid(), title, CASE WHEN n % 20 > 0 THEN 'resolved' ELSE 'acknowledged' END,
                       (ARRAY['high', 'medium', 'low'])[1 + n % 3], 'monitoring', 'service-' || n % 5, 'team-' || n % 3,
                       created_at - n * interval '1 second', updated_at, policy, created_at, 'x',
                       CASE WHEN n % 20 > 0 THEN created_at END, CASE WHEN n % 20 > 0 THEN 'x' END
                FROM incident.incident, generate_series(\(start), \(min(start + 1_999, count))) n WHERE id = \(id)
                """)
        }
        try await database.execute("DELETE FROM incident.timeline_entry WHERE incident_id = \(id)")
        try await database.execute("DELETE FROM incident.incident WHERE id = \(id)")
        try await database.execute("VACUUM ANALYZE incident.incident")
    }

    /// The indexes of whose rows a plan throws some away; those of unresolved incidents are few.
    private static func filtered(_ plan: String) -> Set<String> {
        var index = ""
        var found: Set<String> = []
        for line in plan.split(separator: "\n") {
            if let name = line.split(separator: " ").first(where: { $0.hasPrefix("incident_") }) { index = String(name) }
            if line.contains("Filter:") { found.insert(index) }
        }
        return found
    }

    /// The plans that know the values and that do not.
    private static func plans(of statement: SQL, _ rig: IncidentRig) async throws -> [String] {
        try await rig.administrator.api.transaction { tx in
            let known = try await tx.values(String.self, "EXPLAIN \(fragment: statement)")
            try await tx.execute("SET LOCAL plan_cache_mode = force_generic_plan")
            try await tx.execute("PREPARE list AS \(unsafeSQL: statement.text)")
            let nulls = Array(repeating: "NULL", count: statement.text.filter { $0 == "$" }.count).joined(separator: ", ")
            let unknown = try await tx.values(String.self, "EXPLAIN EXECUTE list\(unsafeSQL: nulls.isEmpty ? "" : "(\(nulls))")")
            try await tx.execute("DEALLOCATE list")
            return [known.joined(separator: "\n"), unknown.joined(separator: "\n")]
        }
    }
}
