package import Contracts
package import Foundation

/// What is to be stored for one page: its first state and its deliveries.
package struct PagePlan: Sendable {
    package let page: NewPage
    package let deliveries: [PlannedDelivery]
    package let state: PageState
    package let reason: String?

    /// - Parameters:
    ///   - heard: the highest epoch heard of for the page's incident.
    ///   - isReplaced: a later page of the same request goes to the same person about the same incident.
    package init(_ page: NewPage, methods: [ContactMethod], rules: [NotificationRule], heard: EpochRaised?, isReplaced: Bool, now: Date) {
        self.page = page
        let wanted =
            page.direct.map { [$0] }
            ?? DeliveryPlan(recipient: page.message.recipient, methods: methods).deliveries(rules: rules, channels: page.message.channels)
        if page.needsPermit, let heard, let epoch = page.message.epoch, heard.epoch > epoch {
            (deliveries, state, reason) = ([], .cancelled, CancelReason(epochReason: heard.reason).rawValue)
        } else if isReplaced {
            (deliveries, state, reason) = ([], .cancelled, CancelReason.superseded.rawValue)
        } else if page.message.expiresAt <= now {
            (deliveries, state, reason) = ([], .expired, "expired")
        } else if wanted.isEmpty {
            (deliveries, state, reason) = ([], .exhausted, "no_contact_method")
        } else {
            (deliveries, state, reason) = (wanted, .pending, nil)
        }
    }

    /// The pages of a request that a later one of it replaces.
    package static func replaced(in pages: [NewPage]) -> Set<PageID> {
        var latest: [Replacement: PageID] = [:]
        var replaced: Set<PageID> = []
        for page in pages where page.needsPermit {
            let key = Replacement(incident: page.message.incidentID, recipient: page.recipientKey)
            guard let other = latest[key] else {
                latest[key] = page.message.pageID
                continue
            }
            replaced.insert(min(other, page.message.pageID))
            latest[key] = max(other, page.message.pageID)
        }
        return replaced
    }

    private struct Replacement: Hashable {
        let incident: IncidentID?
        let recipient: String
    }
}
