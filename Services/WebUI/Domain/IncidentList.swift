/// The lists of incidents that the pages show.
enum IncidentList: String, Sendable, CaseIterable {
    case open, resolved

    var title: String {
        switch self {
        case .open: "Open incidents"
        case .resolved: "Resolved incidents"
        }
    }

    /// Said when there is none.
    var emptiness: String {
        switch self {
        case .open: "Nothing is open."
        case .resolved: "Nothing was resolved yet."
        }
    }

    /// Where it is shown.
    var path: String {
        switch self {
        case .open: "/"
        case .resolved: "/?status=resolved"
        }
    }

    /// The `status` of the incidents in it, as IncidentManagement filters by it.
    var filter: String {
        switch self {
        case .open: "open,acknowledged,investigating"
        case .resolved: "resolved"
        }
    }
}
