package import Foundation
package import ServiceKit

/// Removes grants whose outcome never came, so that the table stays as small as the attempts under way.
package struct PermitSweep: Worker {
    package let name = "permit-sweep"
    /// Much longer than an acknowledge ever waits for a grant.
    private static let keep: TimeInterval = 600
    /// Rows one statement deletes well within its deadline.
    private static let batch = 1_000

    private let store: PermitStore

    package init(store: PermitStore) {
        self.store = store
    }

    package func tick(now: Date) async throws -> TickReport {
        let removed = try await store.removeGrants(before: now - Self.keep, limit: Self.batch)
        return TickReport(handled: removed, more: removed == Self.batch)
    }
}
