import Contracts
import Foundation

/// What every page has around its content.
struct PageFrame: Sendable {
    var title: String
    var user: String?
    var csrf: String?
    var notice: String?
    var refreshSeconds: Int?
}

/// What IncidentManagement made of the question for a list.
enum IncidentListing: Sendable {
    case known([IncidentView])
    /// In its own words.
    case refused(String)
    case unreachable

    fileprivate var incidents: [IncidentView] { if case .known(let incidents) = self { incidents } else { [] } }

    /// Why the list is not shown.
    fileprivate var trouble: String? {
        switch self {
        case .known: nil
        case .refused(let reason): "IncidentManagement does not give this list: \(reason)"
        case .unreachable: "IncidentManagement cannot be reached: this list is not known, not empty."
        }
    }
}

/// A list of incidents and how the daemons are.
struct DashboardPage: Sendable {
    /// Incidents shown; more than a screen helps nobody at night.
    static let limit = 50
    /// How often the page reloads itself.
    static let refreshSeconds = 15

    let title: String
    let user: String?
    let csrf: String?
    let notice: String?
    let refreshSeconds: Int?
    let incidents: [IncidentRow]
    let hasIncidents: Bool
    let emptiness: String
    let otherTitle: String
    let otherPath: String
    let trouble: String?
    let daemons: [DaemonRow]

    init(_ frame: PageFrame, _ list: IncidentList, incidents listing: IncidentListing, daemons: [DaemonRow]) {
        let other: IncidentList = list == .open ? .resolved : .open
        emptiness = list.emptiness
        otherTitle = other.title
        otherPath = other.path
        title = frame.title
        user = frame.user
        csrf = frame.csrf
        notice = frame.notice
        refreshSeconds = frame.refreshSeconds
        incidents = listing.incidents.map { IncidentRow($0, csrf: frame.csrf) }
        hasIncidents = !incidents.isEmpty
        trouble = listing.trouble
        self.daemons = daemons
    }
}

/// One incident as the pages show it.
struct IncidentRow: Sendable {
    let number: Int
    let title: String
    let description: String?
    let severity: String
    let service: String
    let team: String?
    let status: String
    let acknowledgedBy: String?
    let notificationStatus: String
    /// Nil when it has one alert or none: not worth a word.
    let alertCount: Int?
    let openedAt: String
    let canAcknowledge: Bool
    let canResolve: Bool
    /// As old as what the page shows.
    let asOf: String
    let csrf: String?

    init(_ incident: IncidentView, csrf: String?) {
        number = incident.number
        title = incident.title.withoutDirectionControls
        description = incident.description?.withoutDirectionControls
        severity = incident.severity.rawValue
        service = incident.service.withoutDirectionControls
        team = incident.team?.withoutDirectionControls
        status = incident.status.rawValue
        acknowledgedBy = incident.acknowledgedBy?.withoutDirectionControls
        notificationStatus = incident.notificationStatus.rawValue
        alertCount = incident.alertCount > 1 ? incident.alertCount : nil
        openedAt = incident.createdAt.rfc3339
        canAcknowledge = incident.status == .open
        canResolve = incident.status != .resolved
        asOf = incident.updatedAt.rfc3339
        self.csrf = csrf
    }
}

/// How one daemon is, in the words of its own `/health`.
struct DaemonRow: Sendable, Hashable {
    let name: String
    let status: String
    let detail: String?
}
