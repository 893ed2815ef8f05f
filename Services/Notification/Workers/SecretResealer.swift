package import Auth
import Contracts
package import Foundation
package import Logging
package import ServiceKit
import Synchronization

/// Brings every stored secret under the current key: those from before there was encryption, and those of a key that is being retired.
///
/// Any number of replicas may do so at once; each value is replaced only as it was read.
package final class SecretResealer: Worker {
    /// Secrets of a tick: some milliseconds of encryption, and each is an UPDATE of its own.
    package static let batch = 100

    package let name = "secret-resealer"
    private let store: ContactSecretStore
    private let keys: SealingKeyRing
    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        /// How far the pass has come; a value that cannot be opened is passed by.
        var last: ContactMethodID?
        var hasToldUnused = false
    }

    package init(_ store: ContactSecretStore, keys: SealingKeyRing, logger: Logger) {
        self.store = store
        self.keys = keys
        self.logger = logger
    }

    package func tick(now: Date) async throws -> TickReport {
        let found = try await store.stale(keys.previousIDs, after: state.withLock { $0.last }, limit: Self.batch)
        var resealed = 0
        for stale in found where try await reseal(stale) { resealed += 1 }
        let more = found.count == Self.batch
        state.withLock { $0.last = more ? found.last?.id : nil }
        if resealed > 0 {
            logger.info("secrets resealed", metadata: ["secrets.count": "\(resealed)", "secrets.key_id": "\(keys.current.id)"])
        }
        if !more { try await tellUnused() }
        return TickReport(handled: resealed, more: more)
    }

    private func reseal(_ stale: ContactSecretStore.Stale) async throws -> Bool {
        let place = SealedPlace.secret(of: stale.id)
        let sealed: SealedSecret
        do {
            guard let secret = try stale.plain ?? stale.sealed.map({ try keys.open($0, for: place) }) else { return false }
            sealed = try keys.seal(secret, for: place)
        } catch {
            logger.error("secret cannot be opened", metadata: ["contact_method.id": "\(stale.id)", "secrets.fault": "\(error)"])
            return false
        }
        return try await store.replace(stale, with: sealed)
    }

    private func tellUnused() async throws {
        guard !keys.previousIDs.isEmpty, !state.withLock({ $0.hasToldUnused }) else { return }
        let counts = try await store.counts()
        guard counts.plain == 0, keys.previousIDs.allSatisfy({ counts.byKey[$0] == nil }) else { return }
        state.withLock { $0.hasToldUnused = true }
        logger.notice("SECRETS_KEY_PREVIOUS is unused", metadata: ["secrets.key_ids": "\(keys.previousIDs.joined(separator: ","))"])
    }
}
