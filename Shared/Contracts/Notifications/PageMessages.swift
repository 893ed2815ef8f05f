package import Foundation

/// A promise to tell one person something; unique by `pageID`.
package struct PageMessage: Codable, Sendable, Hashable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        /// Needs a permit for every attempt and dies with its epoch.
        case page
        /// News about an incident for somebody already paged; needs no permit.
        case followUp = "follow_up"
        /// Anything else; needs no permit.
        case notice
    }

    package let pageID: PageID
    package let firingID: FiringID?
    package let kind: Kind
    package let incidentID: IncidentID?
    package let epoch: Int?
    package let recipient: Recipient
    package let urgency: Urgency
    /// Nil lets the person's own rules decide.
    package let channels: [ChannelKind]?
    package let message: PageText
    /// After this instant the page is of no use and counts as expired.
    package let expiresAt: Date
    /// Of what the page is about; nil where nobody knows it, and from a release that does not say it.
    package let traceparent: TraceParent?

    package init(
        pageID: PageID, firingID: FiringID?, kind: Kind, incidentID: IncidentID?, epoch: Int?, recipient: Recipient, urgency: Urgency,
        channels: [ChannelKind]?, message: PageText, expiresAt: Date, traceparent: TraceParent? = nil
    ) {
        self.pageID = pageID
        self.firingID = firingID
        self.kind = kind
        self.incidentID = incidentID
        self.epoch = epoch
        self.recipient = recipient
        self.urgency = urgency
        self.channels = channels
        self.message = message
        self.expiresAt = expiresAt
        self.traceparent = traceparent
    }
}

package struct PageText: Codable, Sendable, Hashable {
    package let subject: String
    package let body: String
    package let incidentNumber: Int?
    package let severity: Severity?
    package let service: String?
    package let link: String?

    package init(subject: String, body: String, incidentNumber: Int?, severity: Severity?, service: String?, link: String?) {
        self.subject = subject
        self.body = body
        self.incidentNumber = incidentNumber
        self.severity = severity
        self.service = service
        self.link = link
    }
}

package enum ChannelKind: String, Codable, Sendable, CaseIterable {
    case email, webhook, sms, slack, mock
}

package struct PageBatch: Codable, Sendable {
    package static let limit = 200
    package let items: [PageMessage]

    package init(items: [PageMessage]) {
        self.items = items
    }
}

/// May this attempt of this page begin now?
package struct PermitQuestion: Codable, Sendable, Hashable {
    package let pageID: PageID
    package let attemptID: AttemptID
    package let incidentID: IncidentID
    package let epoch: Int

    package init(pageID: PageID, attemptID: AttemptID, incidentID: IncidentID, epoch: Int) {
        self.pageID = pageID
        self.attemptID = attemptID
        self.incidentID = incidentID
        self.epoch = epoch
    }
}

/// `granted` *is* the start of the attempt and good for ``validity``; anything else names why the page is dead.
package struct PermitAnswer: Codable, Sendable, Hashable {
    package enum Verdict: String, Codable, Sendable, CaseIterable {
        case granted
        case acknowledged, resolved, snoozed, reassigned, superseded, deleted
        case unknownIncident = "unknown_incident"
    }

    /// How long after the grant the provider call may begin; past it the worker asks again.
    package static let validity: Duration = .milliseconds(500)

    package let verdict: Verdict

    package init(verdict: Verdict) {
        self.verdict = verdict
    }
}

/// What became of a page, told to IncidentManagement through Notification's outbox.
package struct PageOutcome: Codable, Sendable, Hashable {
    package enum Result: String, Codable, Sendable, CaseIterable {
        /// A provider accepted it.
        case sent
        /// Every method failed for good, or there was none: page the next level now.
        case exhausted
        case expired
        /// Its epoch died before it was sent.
        case cancelled
    }

    package let pageID: PageID
    package let incidentID: IncidentID
    package let epoch: Int
    package let result: Result
    package let channel: ChannelKind?
    /// A short word such as `smtp_accepted`, `no_contact_method`, `acknowledged`; never a provider's raw text.
    package let reason: String
    package let at: Date

    package init(pageID: PageID, incidentID: IncidentID, epoch: Int, result: Result, channel: ChannelKind?, reason: String, at: Date) {
        self.pageID = pageID
        self.incidentID = incidentID
        self.epoch = epoch
        self.result = result
        self.channel = channel
        self.reason = reason
        self.at = at
    }
}

/// IncidentManagement tells Notification that pages of older epochs are dead.
package struct EpochRaised: Codable, Sendable, Hashable {
    package let incidentID: IncidentID
    package let epoch: Int
    package let reason: String

    package init(incidentID: IncidentID, epoch: Int, reason: String) {
        self.incidentID = incidentID
        self.epoch = epoch
        self.reason = reason
    }
}
