package import Contracts
package import Foundation

/// What stands about a claimed delivery: enough to decide whether it is still wanted.
package struct DueDelivery: Sendable, Hashable {
    package let id: DeliveryID
    package let pageID: PageID
    package let kind: PageMessage.Kind
    package let channel: ChannelKind
    package let contactMethod: ContactMethodID?
    package let incidentID: IncidentID?
    /// Nil when neither a permit is needed nor a newer epoch kills it.
    package let epoch: Int?
    package let expiresAt: Date
    /// The page is dead, whatever the epoch: replaced, or cancelled while a worker held this delivery.
    package let deadReason: String?
    package let heard: EpochRaised?
    /// The contact method it was planned for was removed or disabled.
    package let isMethodGone: Bool
    /// The page's.
    package let trace: TraceParent?

    package init(
        id: DeliveryID, pageID: PageID, kind: PageMessage.Kind, channel: ChannelKind, contactMethod: ContactMethodID?,
        incidentID: IncidentID?,
        epoch: Int?, expiresAt: Date, deadReason: String?, heard: EpochRaised?, isMethodGone: Bool, trace: TraceParent? = nil
    ) {
        self.id = id
        self.pageID = pageID
        self.kind = kind
        self.channel = channel
        self.contactMethod = contactMethod
        self.incidentID = incidentID
        self.epoch = epoch
        self.expiresAt = expiresAt
        self.deadReason = deadReason
        self.heard = heard
        self.isMethodGone = isMethodGone
        self.trace = trace
    }

    /// What is known against sending it without asking anybody; nil when nothing is.
    package func verdict(at now: Date) -> DeliveryDecision? {
        if let deadReason { return .cancelled(CancelReason(epochReason: deadReason)) }
        if let epoch, let heard, heard.epoch > epoch { return .cancelled(CancelReason(epochReason: heard.reason)) }
        if expiresAt <= now { return .expired }
        if isMethodGone { return .failed(.contactMethodGone) }
        return nil
    }
}
