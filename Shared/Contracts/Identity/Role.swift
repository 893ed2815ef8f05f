/// What a person or token may do. No role means no rights.
package enum Role: String, Codable, Sendable, CaseIterable, Comparable {
    case viewer, responder, admin

    private var rank: Int {
        switch self {
        case .viewer: 0
        case .responder: 1
        case .admin: 2
        }
    }

    package static func < (left: Role, right: Role) -> Bool { left.rank < right.rank }
}
