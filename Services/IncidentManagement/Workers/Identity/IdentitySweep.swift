package import Foundation
package import ServiceKit

/// Forgets expired sessions, refused access tokens and old login attempts, so that their tables stay small.
package struct IdentitySweep: Worker {
    private let store: IdentityExpiryStore

    /// Rows a tick deletes of each table: a short transaction, and the next tick comes at once.
    private static let batch = 500

    init(_ store: IdentityExpiryStore) {
        self.store = store
    }

    package let name = "identity-sweep"

    package func tick(now: Date) async throws -> TickReport {
        let forgotten = try await store.sweep(at: now, limit: Self.batch)
        return TickReport(handled: forgotten, more: forgotten >= Self.batch)
    }
}
