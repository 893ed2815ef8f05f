import Contracts
package import Postgres

extension IncidentFilter {
    /// Incidents that a page with words reads: no index knows words, and each costs three microseconds. The next page goes on behind them.
    package static let wordsReach = 3_000

    /// The ids and times of the page, read from indexes alone where there are no words.
    ///
    /// An index that begins with what is asked for, in the order of the list, is read for each state and severity, and those are merged. So no plan
    /// depends on the values: one made without them, as PostgreSQL does for a statement it has seen five times, is as good.
    package func places(downTo end: ListCursor? = nil) -> SQL {
        var conditions: [SQL] = []
        if let words { conditions.append("(strpos(lower(title), lower(\(words))) > 0 OR strpos(lower(description), lower(\(words))) > 0)") }
        if let end { conditions.append("(created_at, id) >= (\(end.createdAt), \(end.id))") }
        return places(conditions, limit: limit, offset: offset)
    }

    /// The last place that a page with words looks at; nil without words.
    package var reach: SQL? {
        words == nil ? nil : places([], limit: 1, offset: Self.wordsReach - 1)
    }

    private func places(_ more: [SQL], limit: Int, offset: Int) -> SQL {
        let order: SQL = "ORDER BY created_at DESC, id DESC"
        let rows = self.rows(of: conditions + more, "\(fragment: order) LIMIT \(limit + offset)")
        return """
            SELECT id, created_at FROM (\(fragment: rows)) found
            \(fragment: order) LIMIT \(limit) OFFSET \(offset)
            """
    }

    private func rows(of conditions: [SQL], _ order: SQL) -> SQL {
        let select: SQL = "SELECT id, created_at FROM incident.incident WHERE deleted_at IS NULL"
        if let assignee {
            // Its index has no order: all that this person has are sorted. Materialized, or a walk through the newest would be taken for cheaper.
            var parts = conditions
            parts.append("assignees @> \([assignee])")
            if !statuses.isEmpty { parts.append("status = ANY(\(statuses))") }
            if !severities.isEmpty { parts.append("severity = ANY(\(severities))") }
            return "WITH theirs AS MATERIALIZED (\(fragment: select)\(fragment: Self.and(parts))) SELECT id, created_at FROM theirs"
        }
        let branches = states.map { state -> SQL in "(\(fragment: select)\(fragment: Self.and(state + conditions)) \(fragment: order))" }
        return branches.joined(" UNION ALL ")
    }

    /// Each pair of status and severity by itself, so that an index that names both keeps the order; one without conditions when nothing needs that.
    private var states: [[SQL]] {
        let isNarrow = service != nil || team != nil || source != nil
        guard isNarrow || !statuses.isEmpty || !severities.isEmpty else { return [[]] }
        // From all cases, so that what is asked for twice is listed once.
        let wantedStatuses = IncidentStatus.allCases.filter { statuses.isEmpty || statuses.contains($0) }
        let wantedSeverities = Severity.allCases.filter { severities.isEmpty || severities.contains($0) }
        return wantedStatuses.flatMap { status -> [[SQL]] in
            wantedSeverities.map { severity -> [SQL] in
                // As incident_by_state has it, and no other index.
                isNarrow
                    ? ["status = \(status)", "severity = \(severity)"]
                    : ["status || '/' || severity = \("\(status.rawValue)/\(severity.rawValue)")"]
            }
        }
    }

    private var conditions: [SQL] {
        var parts: [SQL] = []
        if let service { parts.append("service = \(service)") }
        if let team { parts.append("team = \(team)") }
        if let source { parts.append("source = \(source)") }
        if let since { parts.append("created_at >= \(since)") }
        if let until { parts.append("created_at < \(until)") }
        if let after { parts.append("(created_at, id) < (\(after.createdAt), \(after.id))") }
        return parts
    }

    private static func and(_ conditions: [SQL]) -> SQL {
        conditions.reduce("") { all, condition in "\(fragment: all) AND \(fragment: condition)" }
    }
}
