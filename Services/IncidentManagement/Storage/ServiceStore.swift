import Contracts
import Foundation
package import Postgres

/// The catalogue of services, which knows whose each is.
package struct ServiceStore: Sendable {
    private let session: any PostgresSession

    package init(_ session: any PostgresSession) {
        self.session = session
    }

    package func teams(of services: Set<String>) async throws -> [String: String] {
        try await session.all(.owners(of: services)).teams
    }
}

/// A service that a team owns.
struct OwnedService: RowDecodable {
    let name: String
    let team: String

    init(row: PostgresRow) throws {
        name = try row("name")
        team = try row("team")
    }
}

extension RowQuery where Row == OwnedService {
    static func owners(of services: Set<String>) -> Self {
        Self("SELECT name, team FROM incident.service WHERE name = ANY(\(services.sorted())) AND team IS NOT NULL")
    }
}

extension [OwnedService] {
    var teams: [String: String] { Dictionary(uniqueKeysWithValues: map { ($0.name, $0.team) }) }
}
