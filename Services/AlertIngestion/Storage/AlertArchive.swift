import Contracts
import Foundation
import Postgres

/// Writes the record of every alert, with the transaction's next statement or its COMMIT.
struct AlertArchive {
    let tx: PostgresTransaction

    func insert(_ records: [AlertRecord]) {
        guard !records.isEmpty else { return }
        let events = records.map(\.event)
        tx.later(
            """
            INSERT INTO alerting.alert (id, integration_id, incident_id, dedup_key, source, severity, service, team, title, description,
                                        labels, links, starts_at, reported_at, received_at, raw, ended_at, end_reason, report_count)
            SELECT * FROM unnest(
              \(records.map(\.id))::uuid[], \(records.map(\.integrationID))::uuid[], \(records.map(\.incidentID))::uuid[],
              \(events.map(\.dedupKey))::text[], \(events.map(\.source))::text[], \(events.map(\.severity))::text[],
              \(events.map(\.service))::text[], \(events.map(\.team))::text[], \(events.map(\.title))::text[],
              \(events.map(\.description))::text[], \(events.map { JSONText($0.labels.jsonText) })::jsonb[],
              \(events.map { $0.links.isEmpty ? nil : JSONText($0.links.jsonText) })::jsonb[],
              \(events.map(\.startsAt))::timestamptz[], \(events.map(\.reportedAt))::timestamptz[],
              \(records.map(\.receivedAt))::timestamptz[], \(events.map(\.raw))::text[], \(records.map { $0.end?.at })::timestamptz[],
              \(records.map { $0.end?.reason })::text[], \(records.map { $0.end?.count })::bigint[])
            """)
    }

    /// A statement for each day that they are of: mostly one.
    func complete(_ ends: [AlertEnd]) {
        let ends = ends.sorted { $0.alertID.rawValue < $1.alertID.rawValue }
        for (isWithin, those) in AlertDays(ends, id: \.alertID).days {
            tx.later(
                """
                UPDATE alerting.alert a SET ended_at = n.ended_at, end_reason = n.end_reason, report_count = n.report_count
                  FROM unnest(\(those.map(\.alertID))::uuid[], \(those.map(\.at))::timestamptz[], \(those.map(\.reason))::text[],
                              \(those.map(\.count))::bigint[]) AS n (id, ended_at, end_reason, report_count)
                 WHERE a.id = n.id AND a.ended_at IS NULL AND \(fragment: isWithin)
                """)
        }
    }

    /// Alerts that were moved to another incident.
    func move(_ alerts: [AlertID], to incident: IncidentID) {
        for (isWithin, those) in AlertDays(alerts, id: \.self).days {
            tx.later(
                "UPDATE alerting.alert a SET incident_id = \(incident) WHERE a.id = ANY (\(those)::uuid[]) AND \(fragment: isWithin)")
        }
    }
}

extension [String: String] {
    /// A JSON object with its members in byte order.
    var jsonText: String {
        let sorted = self.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return JSONValue.object(sorted.map { JSONValue.Member($0.key, .string($0.value)) }).serialized
    }
}

extension [AlertLink] {
    var jsonText: String {
        JSONValue.array(
            map { link in
                let text = link.text.map { [JSONValue.Member("text", .string($0))] } ?? []
                return .object([JSONValue.Member("href", .string(link.href))] + text)
            }
        ).serialized
    }
}
