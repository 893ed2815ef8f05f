/// Where an incident stands. Forward to the right, back only by un-acknowledge, snooze end or reopen.
package enum IncidentStatus: String, Codable, Sendable, CaseIterable {
    case open, acknowledged, investigating, resolved

    /// Reads our own words and those that clients of other systems send.
    package init?(lenient text: String) {
        switch text.lowercased() {
        case "open", "triggered", "new": self = .open
        case "acknowledged": self = .acknowledged
        case "investigating", "in_progress": self = .investigating
        case "resolved", "completed", "closed", "failed": self = .resolved
        default: return nil
        }
    }
}

package enum NotificationStatus: String, Codable, Sendable, CaseIterable {
    /// Nobody was to be told yet.
    case none
    /// At least one page is under way and none was accepted by a provider.
    case pending
    case sent
    /// Every page so far is exhausted.
    case failed
}
