package import Contracts

/// Calls Notification.
package struct NotificationClient: Sendable {
    private let client: PeerClient

    package init(_ client: PeerClient) { self.client = client }

    /// Hands over promises to tell people something; idempotent by page id.
    package func pages(_ batch: PageBatch, deadline: Duration = .seconds(10)) async throws(ClientError) {
        try await client.post(InternalPath.pages, batch, deadline: deadline)
    }

    /// How pages would be delivered; nothing is stored.
    package func previews(_ batch: PageBatch, deadline: Duration = PeerClient.deadline) async throws(ClientError) -> PagePreviews {
        try await client.post(InternalPath.pagePreviews, batch, as: PagePreviews.self, deadline: deadline, retries: 1)
    }

    /// Has Notification look through what must always hold there, and mend what it can.
    package func invariants(deadline: Duration = .seconds(5)) async throws(ClientError) -> InvariantReport {
        try await client.post(InternalPath.invariants, InvariantReport(items: []), as: InvariantReport.self, deadline: deadline)
    }

    /// Says that pages of older epochs are dead.
    package func epochs(_ raised: [EpochRaised], deadline: Duration = .seconds(10)) async throws(ClientError) {
        try await client.post(InternalPath.epochs, EpochRaisedBatch(items: raised), deadline: deadline)
    }

    /// Says that a person lifted the hold on paging; idempotent by the hold's id.
    package func released(_ release: PagingReleased, deadline: Duration = .seconds(10)) async throws(ClientError) {
        try await client.post(InternalPath.pagingRelease, release, deadline: deadline)
    }
}
