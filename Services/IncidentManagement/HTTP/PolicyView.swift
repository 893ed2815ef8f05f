import Contracts
import Foundation

/// A policy as clients see it, and as they may send it back.
struct PolicyView: Encodable {
    let id: PolicyID
    let name: String
    let description: String?
    let position: Int
    let isActive: Bool
    let isDefault: Bool
    let conditions: PolicyConditions?
    let steps: [EscalationStep]?
    let repetition: EscalationPolicy.Repetition?
    let emptyLevel: EscalationPolicy.EmptyLevel?
    let exhaustion: EscalationPolicy.Exhaustion?
    let lowUrgencyHours: LocalHours?
    /// False: what is stored cannot be read, and the default stands in.
    let isReadable: Bool
    let version: Int
    let createdAt: Date
    let updatedAt: Date

    private enum CodingKeys: String, CodingKey {
        case id, name, description, position, isActive, isDefault, conditions, steps, emptyLevel, lowUrgencyHours, isReadable, version
        case createdAt, updatedAt
        case repetition = "repeat"
        case exhaustion = "exhausted"
    }

    /// What a client may not send: we say it.
    static let ours = ["id", "is_readable", "version", "created_at", "updated_at"]

    init(_ stored: StoredPolicy) {
        id = stored.id
        name = stored.name
        description = stored.description
        position = stored.position
        isActive = stored.isActive
        isDefault = stored.isDefault
        conditions = stored.conditions
        steps = stored.policy?.steps
        repetition = stored.policy?.repetition
        emptyLevel = stored.policy?.emptyLevel
        exhaustion = stored.policy?.exhaustion
        lowUrgencyHours = stored.policy?.lowUrgencyHours
        isReadable = stored.policy != nil && stored.conditions != nil
        version = stored.version
        createdAt = stored.createdAt
        updatedAt = stored.updatedAt
    }
}
