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

/// Incidents of one page, and where the next page begins; nil when nothing follows.
struct IncidentSlice: Sendable {
    let incidents: [Incident]
    let next: ListCursor?
}

extension IncidentStore {
    func list(_ filter: IncidentFilter) async throws -> IncidentSlice {
        let reach = try await self.reach(of: filter)
        let incidents = try await session.all(
            Incident.self,
            """
            SELECT \(fragment: Incident.columns) FROM incident.incident
            WHERE id = ANY(ARRAY(SELECT id FROM (\(fragment: filter.places(downTo: reach))) place))
            ORDER BY created_at DESC, id DESC
            """
        )
        let last = incidents.count == filter.limit ? incidents.last.map { ListCursor(createdAt: $0.createdAt, id: $0.id) } : reach
        return IncidentSlice(incidents: incidents, next: last)
    }

    /// Where a page that looks for words stops looking; nil when it comes to the end of the list before.
    private func reach(of filter: IncidentFilter) async throws -> ListCursor? {
        guard let question = filter.reach else { return nil }
        return try await session.query(question).first.map { ListCursor(createdAt: try $0("created_at"), id: try $0("id")) }
    }
}
