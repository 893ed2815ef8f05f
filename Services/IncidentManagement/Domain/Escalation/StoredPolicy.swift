package import Contracts
package import Foundation

/// A policy as it is stored, also one that cannot be read, so that somebody can mend it.
package struct StoredPolicy: Sendable, Hashable {
    package let id: PolicyID
    package let name: String
    package let description: String?
    package let position: Int
    package let isActive: Bool
    package let isDefault: Bool
    /// Nil when what is stored cannot be read.
    package let conditions: PolicyConditions?
    /// Nil when what is stored cannot be read.
    package let policy: EscalationPolicy?
    package let version: Int
    package let createdAt: Date
    package let updatedAt: Date

    package init(
        id: PolicyID, name: String, description: String?, position: Int, isActive: Bool, isDefault: Bool, conditions: PolicyConditions?,
        policy: EscalationPolicy?, version: Int, createdAt: Date, updatedAt: Date
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.position = position
        self.isActive = isActive
        self.isDefault = isDefault
        self.conditions = conditions
        self.policy = policy
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// All active ones are read for every batch of alert events; an organisation that needs more has a program that makes them, and conditions take
    /// lists of services and teams.
    package static let most = 1_000

    package var auditObject: String { "policy:\(id)" }

    /// What the record keeps: enough to see who changed what, with the steps as JSON text.
    package var audited: JSONValue {
        let body = policy.flatMap { try? WireJSON.encodeText($0) }
        let conditions = conditions.flatMap { try? WireJSON.encodeText($0) }
        return .object([
            .init("name", .string(name)),
            .init("position", .number(String(position))),
            .init("is_active", .bool(isActive)),
            .init("is_default", .bool(isDefault)),
            .init("conditions", conditions.map { .string($0) } ?? .null),
            .init("policy", body.map { .string($0) } ?? .null),
        ])
    }
}

/// What can be wrong with a change to a policy beside its fields.
package enum PolicyError: Error, Sendable, Hashable {
    case notFound
    case nameTaken
    /// There are ``StoredPolicy/most`` of them.
    case tooMany
    case changedMeanwhile
}
