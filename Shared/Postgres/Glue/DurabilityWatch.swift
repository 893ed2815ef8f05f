package import Foundation
package import ServiceKit
import Synchronization

/// What the database last said about keeping what it confirms, for those who confirm at its word and must not ask it each time (ING-2).
///
/// A look that fails changes nothing: a database that is away confirms nothing either.
package final class DurabilityWatch: Worker {
    /// With a look's own 3 s it is known within 5 s that a setting was turned off.
    package static let interval: Duration = .milliseconds(1_500)

    package let name = "durability"
    private let look: @Sendable () async throws -> [String]
    private let seen = Mutex<[String]>([])

    /// - Parameter look: Why a confirmed write may be lost, as ``Durability/losses``.
    package init(look: @escaping @Sendable () async throws -> [String]) {
        self.look = look
    }

    /// Sees nothing where losing data is accepted.
    package convenience init(_ database: PostgresDatabase) {
        self.init {
            guard database.configuration.requiresDurability else { return [] }
            return try await database.durability(on: database.workers).losses
        }
    }

    /// Why a write that is confirmed now may be lost; empty before the first look.
    package var losses: [String] { seen.withLock { $0 } }

    package func tick(now: Date) async throws -> TickReport {
        let losses = try await look()
        seen.withLock { $0 = losses }
        return .idle
    }
}
