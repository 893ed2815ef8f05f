package import Auth
package import Contracts
package import Foundation

/// One message to one address, with the id that stays the same over every attempt.
package struct OutgoingMessage: Sendable, Hashable {
    /// The idempotency id: `webhook-id`, and part of the `Message-ID`.
    package let deliveryID: DeliveryID
    package let pageID: PageID
    package let kind: PageMessage.Kind
    package let incidentID: IncidentID?
    package let recipientName: String
    package let address: String
    package let text: PageText
    package let urgency: Urgency
    /// When the page was made; the same for every attempt.
    package let createdAt: Date
    /// The signing secret of the contact method, `whsec_…`; nil for an address without one.
    package let signingSecret: Secret?
    /// Why there is a signing secret that cannot be read; such a message must not go out unsigned.
    package let sealFault: SealFault?

    package init(
        deliveryID: DeliveryID, pageID: PageID, kind: PageMessage.Kind, incidentID: IncidentID?, recipientName: String, address: String,
        text: PageText, urgency: Urgency, createdAt: Date, signingSecret: Secret? = nil, sealFault: SealFault? = nil
    ) {
        self.deliveryID = deliveryID
        self.pageID = pageID
        self.kind = kind
        self.incidentID = incidentID
        self.recipientName = recipientName
        self.address = address
        self.text = text
        self.urgency = urgency
        self.createdAt = createdAt
        self.signingSecret = signingSecret
        self.sealFault = sealFault
    }
}
