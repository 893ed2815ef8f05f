/// The daemons of the suite, as they name themselves in tokens, logs and metrics.
package enum Peer: String, Codable, Sendable, CaseIterable {
    case alertIngestion = "alert-ingestion"
    case incidentManagement = "incident-management"
    case onCall = "oncall-service"
    case notification = "notification-service"
    case webUI = "web-ui"

    /// The port a daemon listens on unless told otherwise.
    package var defaultPort: Int {
        switch self {
        case .alertIngestion: 8001
        case .incidentManagement: 8002
        case .onCall: 8003
        case .notification: 8004
        case .webUI: 8080
        }
    }
}

/// The paths on which daemons speak to each other; public paths live with their routes.
package enum InternalPath {
    package static let alertEvents = "/internal/v1/alert-events"
    package static let permit = "/internal/v1/pages/permit"
    package static let outcomes = "/internal/v1/pages/outcomes"
    package static let escalate = "/internal/v1/escalate"
    package static let pages = "/internal/v1/pages"
    package static let pagePreviews = "/internal/v1/pages/preview"
    package static let invariants = "/internal/v1/invariants"
    package static let acceptedGroups = "/internal/v1/groups/accepted"
    package static let lostIncidents = "/internal/v1/groups/lost"
    package static let escalationOrders = "/internal/v1/incidents/escalate"
    package static let epochs = "/internal/v1/incidents/epochs"
    package static let pagingRelease = "/internal/v1/paging/release"
    package static let recipients = "/internal/v1/users/resolve"
    package static let standing = "/internal/v1/standing"
    package static let jwks = "/.well-known/jwks.json"

    package static func closed(_ incident: IncidentID) -> String { "/internal/v1/incidents/\(incident)/closed" }
    package static func reopened(_ incident: IncidentID) -> String { "/internal/v1/incidents/\(incident)/reopened" }
}
