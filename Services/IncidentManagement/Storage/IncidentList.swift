package import Contracts
package import Foundation
import Postgres

/// Which incidents a list shows, newest first.
package struct IncidentFilter: Sendable, Encodable {
    package var statuses: [IncidentStatus] = []
    package var severities: [Severity] = []
    package var service: String?
    package var team: String?
    package var assignee: String?
    package var source: IncidentView.Source?
    package var since: Date?
    package var until: Date?
    /// Words looked for in title and description, as they are: no patterns.
    package var words: String?
    package var after: ListCursor?
    package var offset = 0
    package var limit = 50

    package init() {}
}

/// The place in a newest-first list after which the next page begins.
package struct ListCursor: Sendable, Hashable, Encodable {
    package let createdAt: Date
    package let id: IncidentID

    package init(createdAt: Date, id: IncidentID) {
        self.createdAt = createdAt
        self.id = id
    }

    /// Years 1970 to 9999: where an incident can have been made.
    private static let microseconds: Range<Int64> = 0..<253_402_300_800_000_000

    package init?(_ text: String) {
        let parts = text.split(separator: "_")
        guard parts.count == 2, let microseconds = Int64(parts[0]), Self.microseconds.contains(microseconds), let id = IncidentID(parts[1])
        else { return nil }
        self.init(createdAt: Date(timeIntervalSince1970: Double(microseconds) / 1_000_000), id: id)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package var text: String { "\(Int64((createdAt.timeIntervalSince1970 * 1_000_000).rounded()))_\(id)" }
}

extension IncidentStore {
    package func list(_ filter: IncidentFilter) async throws -> [Incident] {
        try await session.all(
            Incident.self,
            """
            SELECT \(fragment: Incident.columns) FROM incident.incident WHERE deleted_at IS NULL\(fragment: filter.conditions)
            ORDER BY created_at DESC, id DESC LIMIT \(filter.limit) OFFSET \(filter.offset)
            """
        )
    }
}

extension IncidentFilter {
    fileprivate var conditions: SQL {
        var parts: [SQL] = []
        if !statuses.isEmpty { parts.append("status = ANY(\(statuses))") }
        if !severities.isEmpty { parts.append("severity = ANY(\(severities))") }
        if let service { parts.append("service = \(service)") }
        if let team { parts.append("team = \(team)") }
        if let assignee { parts.append("\(assignee) = ANY(assignees)") }
        if let source { parts.append("source = \(source)") }
        if let since { parts.append("created_at >= \(since)") }
        if let until { parts.append("created_at < \(until)") }
        if let words { parts.append("(strpos(lower(title), lower(\(words))) > 0 OR strpos(lower(description), lower(\(words))) > 0)") }
        if let after { parts.append("(created_at, id) < (\(after.createdAt), \(after.id))") }
        return parts.reduce("") { all, part in "\(fragment: all) AND \(fragment: part)" }
    }
}
