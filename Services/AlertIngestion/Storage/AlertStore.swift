package import Contracts
package import Foundation
package import Postgres

/// Reads alerts.
package struct AlertStore: Sendable {
    private let db: any PostgresSession

    package init(_ db: any PostgresSession) { self.db = db }

    package func find(_ id: AlertID) async throws -> StoredAlert? {
        try await db.first(StoredAlert.self, "\(fragment: StoredAlert.select) WHERE a.id = \(id)")
    }

    /// The newest first: ids are made in the order of time, so a page begins where the last one ended, however many there are.
    package func list(_ filter: AlertFilter, before: AlertID?, limit: Int) async throws -> [StoredAlert] {
        let conditions = Self.conditions(filter) + (before.map { ["a.id < \($0)"] } ?? [])
        return try await db.all(
            StoredAlert.self,
            """
            \(fragment: StoredAlert.select) WHERE \(fragment: (conditions + ["true"]).joined(" AND "))
             ORDER BY a.id DESC LIMIT \(unsafeSQL: "\(limit)")
            """)
    }

    /// Alerts past their expiry, as the resolves they stand for; the accept path looks again under its locks.
    package func expired(now: Date, limit: Int) async throws -> [IncomingAlert] {
        let ids = try await db.values(
            AlertID.self,
            "SELECT alert_id FROM alerting.open_alert WHERE expires_at <= \(now) ORDER BY expires_at LIMIT \(unsafeSQL: "\(limit)")")
        return try await db.alerts(ids).map(\.expiry)
    }

    private static func conditions(_ filter: AlertFilter) -> [SQL] {
        var conditions: [SQL] = []
        switch filter.status {
        case .firing: conditions.append("a.ended_at IS NULL")
        case .resolved: conditions.append("a.ended_at IS NOT NULL")
        case nil: break
        }
        if let severity = filter.severity { conditions.append("a.severity = \(severity)") }
        if let service = filter.service { conditions.append("a.service = \(service)") }
        if let source = filter.source { conditions.append("a.source = \(source)") }
        if let incident = filter.incident { conditions.append("a.incident_id = \(incident)") }
        if let since = filter.since { conditions.append("a.id >= \(UUID.floor(at: since))") }
        if let until = filter.until { conditions.append("a.id < \(UUID.floor(at: until))") }
        if let words = filter.words { conditions.append("a.title ILIKE \("%" + likeEscaped(words) + "%")") }
        return conditions
    }

    private static func likeEscaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
    }
}

/// What a list of alerts is narrowed to.
package struct AlertFilter: Sendable, Hashable {
    package enum Status: String, Sendable, CaseIterable { case firing, resolved }

    package var status: Status?
    package var severity: Severity?
    package var service: String?
    package var source: String?
    package var incident: IncidentID?
    package var since: Date?
    package var until: Date?
    /// Text that the title contains.
    package var words: String?

    package init() {}
}
