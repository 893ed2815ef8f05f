import Contracts
import Foundation
import WorkQueue

/// Where IncidentManagement's outbox rows go.
enum OutboxAddress {
    static let pages = "notification.pages"
    static let epochs = "notification.epochs"
    /// Ends of incidents and reopenings, which must keep their order.
    static let groups = "alert-ingestion.closed"
    static let pagingReleases = "notification.paging-releases"
}

extension OutboxMessage {
    static func page(_ page: PageMessage) throws -> OutboxMessage {
        OutboxMessage(destination: OutboxAddress.pages, messageID: page.pageID.rawValue, body: try WireJSON.encodeText(page))
    }

    static func epochRaised(_ message: EpochRaised, at now: Date) throws -> OutboxMessage {
        OutboxMessage(destination: OutboxAddress.epochs, messageID: .version7(at: now), body: try WireJSON.encodeText(message))
    }

    static func closed(_ message: IncidentClosed) throws -> OutboxMessage {
        try group(message.incidentID, message, at: message.closedAt)
    }

    static func reopened(_ message: IncidentReopened) throws -> OutboxMessage {
        try group(message.incidentID, message, at: message.reopenedAt)
    }

    private static func group(_ incident: IncidentID, _ message: some Encodable, at now: Date) throws -> OutboxMessage {
        OutboxMessage(
            destination: OutboxAddress.groups, messageID: .version7(at: now), orderingKey: incident.description,
            body: try WireJSON.encodeText(message)
        )
    }

    /// Under the hold's own id: a release that waits is not written twice.
    static func pagingReleased(_ message: PagingReleased) throws -> OutboxMessage {
        OutboxMessage(
            destination: OutboxAddress.pagingReleases, messageID: message.holdID.rawValue, body: try WireJSON.encodeText(message))
    }
}
