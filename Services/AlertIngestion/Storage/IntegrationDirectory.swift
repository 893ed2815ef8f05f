import Auth
package import Contracts
package import Foundation
import Synchronization

/// Integrations by key, remembered for a moment so that the accept path does not ask the database for every request.
///
/// A deleted integration is refused everywhere within ``lifetime``. Unknown keys are remembered too, so that guessing costs no queries.
package final class IntegrationDirectory: Sendable {
    /// Architecture §5: what is revoked bites within 2 s, the time of a look-up included.
    package static let lifetime: TimeInterval = 1.5
    /// Entries kept; beyond them all are forgotten, which costs one query each.
    static let limit = 10_000

    private struct Entry {
        let integration: Integration?
        let readAt: Date
    }

    private let store: IntegrationStore
    private let entries = Mutex<[String: Entry]>([:])

    package init(_ store: IntegrationStore) { self.store = store }

    /// The integration of a key; nil for an unknown, disabled or malformed one.
    package func integration(key: String, now: Date) async throws -> Integration? {
        guard IntegrationKey.isWellFormed(key) else { return nil }
        return try await remembered(IntegrationKey.digest(key), now: now) { [store] in try await store.find(key: key) }
    }

    /// The integration of a key where it is remembered and needs no look-up; never asks, so nil says nothing.
    package func remembered(key: String, now: Date) -> Integration? {
        guard IntegrationKey.isWellFormed(key) else { return nil }
        return entries.withLock { [name = IntegrationKey.digest(key)] entries in
            entries[name].flatMap { abs(now.timeIntervalSince($0.readAt)) < Self.lifetime ? $0.integration : nil }
        }
    }

    /// The integration of that id, for a caller already authenticated.
    package func integration(_ id: IntegrationID, now: Date) async throws -> Integration? {
        try await remembered(id.description, now: now) { [store] in try await store.find(id) }
    }

    /// Forgets everything, so that a change made here is seen here at once.
    package func forget() {
        entries.withLock { $0.removeAll() }
    }

    private func remembered(_ name: String, now: Date, _ read: () async throws -> Integration?) async throws -> Integration? {
        if case .known(let integration) = look(up: name, now: now) { return integration }
        do {
            let integration = try await read()
            entries.withLock { entries in
                if entries.count >= Self.limit { entries.removeAll(keepingCapacity: true) }
                entries[name] = Entry(integration: integration, readAt: now)
                // Whoever comes with a key is asked for by id next.
                if let integration { entries[integration.id.description] = Entry(integration: integration, readAt: now) }
            }
            return integration
        } catch {
            entries.withLock { _ = $0.removeValue(forKey: name) }
            throw error
        }
    }

    private enum Memory {
        case known(Integration?)
        case mustAsk
    }

    /// An entry that has just grown old is renewed by the first who meets it, while the others go on with it: not all of them ask at once.
    private func look(up name: String, now: Date) -> Memory {
        entries.withLock { entries in
            guard let known = entries[name] else { return .mustAsk }
            if abs(now.timeIntervalSince(known.readAt)) < Self.lifetime { return .known(known.integration) }
            entries[name] = Entry(integration: known.integration, readAt: now)
            return .mustAsk
        }
    }
}
