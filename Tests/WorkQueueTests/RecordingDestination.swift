import Foundation
import Postgres
import Synchronization
import WorkQueue

/// A destination that answers as it is told and remembers what it saw.
final class RecordingDestination: OutboxDestination {
    struct Memory: Sendable {
        /// Every call, by its bodies.
        var calls: [[String]] = []
        /// Bodies answered `.done`, in order.
        var taken: [String] = []
        var buried: [String] = []
        var keysInFlight: Set<String> = []
        /// Keys of which two items were under way at the same time.
        var collisions: [String] = []
    }

    let name: String
    let batchLimit: Int
    private let memory = Mutex(Memory())
    private let answer: @Sendable (OutboxItem) -> OutboxAnswer
    private let meanwhile: @Sendable () async -> Void
    private let onBurial: @Sendable (OutboxItem, PostgresTransaction) async throws -> Void

    init(
        name: String = "neighbour", batchLimit: Int = 256, answer: @escaping @Sendable (OutboxItem) -> OutboxAnswer = { _ in .done },
        meanwhile: @escaping @Sendable () async -> Void = {},
        onBurial: @escaping @Sendable (OutboxItem, PostgresTransaction) async throws -> Void = { _, _ in }
    ) {
        self.name = name
        self.batchLimit = batchLimit
        self.answer = answer
        self.meanwhile = meanwhile
        self.onBurial = onBurial
    }

    var calls: [[String]] { memory.withLock { $0.calls } }
    var taken: [String] { memory.withLock { $0.taken } }
    var buried: [String] { memory.withLock { $0.buried } }
    var collisions: [String] { memory.withLock { $0.collisions } }

    func deliver(_ items: [OutboxItem]) async -> [OutboxAnswer] {
        memory.withLock { memory in
            memory.calls.append(items.map(\.body))
            for key in items.compactMap(\.orderingKey) where !memory.keysInFlight.insert(key).inserted {
                memory.collisions.append(key)
            }
        }
        await meanwhile()
        let answers = items.map(answer)
        memory.withLock { memory in
            memory.taken += zip(items, answers).filter { $1 == .done }.map(\.0.body)
            memory.keysInFlight.subtract(items.compactMap(\.orderingKey))
        }
        return answers
    }

    func buried(_ item: OutboxItem, reason: BurialReason, in tx: PostgresTransaction) async throws {
        try await onBurial(item, tx)
        memory.withLock { $0.buried.append("\(item.body) \(reason.rawValue)") }
    }
}
