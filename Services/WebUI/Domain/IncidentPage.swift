import Contracts
import Foundation

/// One incident and its record.
struct IncidentPage: Sendable {
    /// Entries of the record shown: days of pages and repeats, and less than a browser minds.
    static let entryLimit = 300

    let title: String
    let user: String?
    let csrf: String?
    let notice: String?
    let refreshSeconds: Int?
    let incident: IncidentRow
    let entries: [EntryRow]
    /// Said when there may be entries before those shown.
    let omission: String?

    /// - Parameter newest: up to ``entryLimit`` entries, newest first; shown oldest first, as they happened.
    init(_ frame: PageFrame, incident: IncidentView, newest: [TimelineLine]) {
        title = "#\(incident.number) \(incident.title.withoutDirectionControls)"
        user = frame.user
        csrf = frame.csrf
        notice = frame.notice
        refreshSeconds = frame.refreshSeconds
        self.incident = IncidentRow(incident, csrf: frame.csrf)
        entries = newest.reversed().map(EntryRow.init)
        omission = newest.count < Self.entryLimit ? nil : "The newest \(Self.entryLimit) entries; what was before is in the API."
    }
}

/// A timeline entry as the API shows it.
struct TimelineLine: Decodable, Sendable {
    let at: Date
    let kind: String
    let actor: String
    let note: String?
    let details: [String: String]
}

struct EntryRow: Sendable {
    let at: String
    let kind: String
    let actor: String
    let note: String?
    let details: String?

    init(_ line: TimelineLine) {
        at = line.at.rfc3339
        kind = line.kind.replacingOccurrences(of: "_", with: " ")
        actor = line.actor.withoutDirectionControls
        note = line.note?.withoutDirectionControls
        let facts = line.details.filter { !$0.key.hasSuffix("_id") }.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        details = facts.isEmpty ? nil : facts.joined(separator: ", ").withoutDirectionControls
    }
}
