package import Contracts

/// The identity of an open alert.
package struct AlertKey: Hashable, Comparable, Sendable {
    package let integrationID: IntegrationID
    package let dedupKey: DedupKey

    package init(integrationID: IntegrationID, dedupKey: DedupKey) {
        self.integrationID = integrationID
        self.dedupKey = dedupKey
    }

    /// The order in which rows are locked and written, so that two transactions never wait for each other.
    package static func < (left: AlertKey, right: AlertKey) -> Bool {
        left.integrationID == right.integrationID ? left.dedupKey < right.dedupKey : left.integrationID < right.integrationID
    }
}
