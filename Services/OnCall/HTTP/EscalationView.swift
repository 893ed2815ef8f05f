import Contracts
import Foundation

/// An escalation as clients see it.
struct EscalationView: Encodable {
    struct Person: Encodable {
        let name: String
        let email: String
        let role: String
        let reason: String

        init(_ recipient: Recipient) {
            name = recipient.name
            email = recipient.email
            role = recipient.role
            reason = recipient.reason
        }
    }

    let status = "escalated"
    let escalationID: EscalationID
    let team: OrNull<String>
    let incidentID: String
    let escalatedTo: OrNull<Person>
    let message: String
    let timestamp: Date
    /// Whether somebody was paged by it; absent in the list.
    let paged: Bool?
    let reason: String?
    let askedBy: String
    /// Which step of the incident's escalation asked; absent when a person did.
    let epoch: Int?
    let step: Int?
    let round: Int?
    let recipients: [Person]

    init(_ record: EscalationRecord, _ paging: EscalationPaging? = nil) {
        escalationID = record.id
        team = OrNull(record.teams.first)
        incidentID = record.incident
        escalatedTo = OrNull(record.answer.recipients.first.map { Person($0) })
        let found = record.answer.recipients.first.map { "Escalated to \($0.name) (\($0.role), \($0.reason))." } ?? "Nobody is on call."
        message = [found, paging?.sentence].compactMap(\.self).joined(separator: " ")
        paged = paging?.isPaged
        timestamp = record.at
        reason = record.reason
        askedBy = record.askedBy
        epoch = record.firing?.epoch
        step = record.firing?.step
        round = record.firing?.round
        recipients = record.answer.recipients.map { Person($0) }
    }
}
