package import Contracts
package import Foundation

/// A sender that may report alerts: whose key it is and what to assume where its alerts say nothing.
package struct Integration: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable, Codable {
        case native, alertmanager, prometheus, generic
    }

    package let id: IntegrationID
    package let name: String
    package let kind: Kind
    /// For alerts without a severity we know.
    package let defaultSeverity: Severity
    /// For alerts that name no service.
    package let service: String?
    /// For alerts that name no team.
    package let team: String?
    package let isActive: Bool
    package let createdAt: Date

    package init(
        id: IntegrationID, name: String, kind: Kind = .native, defaultSeverity: Severity = .medium, service: String? = nil,
        team: String? = nil, isActive: Bool = true, createdAt: Date
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.defaultSeverity = defaultSeverity
        self.service = service
        self.team = team
        self.isActive = isActive
        self.createdAt = createdAt
    }
}

extension Integration {
    /// What people and API tokens report under when they post an alert themselves; it has no key and no row.
    package static let people = Integration(
        id: IntegrationID(rawValue: UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))), name: "people",
        createdAt: Date(timeIntervalSince1970: 0))
}
