import Foundation
import Postgres
package import ServiceKit
import WorkQueue

/// A request with its key, and how its answer will be written.
package struct Repeatable<Value: Sendable>: Sendable {
    package let key: RequestKey
    package let status: Int
    /// The body of the answer, which is kept with the key.
    package let body: @Sendable (Value) throws -> String

    package init(key: RequestKey, status: Int, body: @escaping @Sendable (Value) throws -> String) {
        self.key = key
        self.status = status
        self.body = body
    }
}

/// What became of a request.
package enum Performed<Value: Sendable>: Sendable {
    case done(Value)
    /// It had been done; answer this again.
    case replay(status: Int, body: String)
}

extension PostgresLane {
    /// Does the work in a transaction that also keeps the answer for the key, unless the key has one.
    ///
    /// - Throws: ``OnCallError/keyReused`` for a key that came with another body.
    func transaction<Value: Sendable>(
        once: Repeatable<Value>?, now: Date, file: String = #fileID, function: String = #function,
        _ work: @Sendable (PostgresTransaction) async throws -> Value
    ) async throws -> Performed<Value> {
        try await transaction(file: file, function: function) { tx in
            guard let once else { return .done(try await work(tx)) }
            let store = IdempotencyStore(schema: OnCallMigrations.schema)
            switch try await store.begin(in: tx, once.key, now: now) {
            case .mismatch: throw OnCallError.keyReused
            case .replay(let status, let body): return .replay(status: status, body: body)
            case .fresh:
                let value = try await work(tx)
                try await store.complete(in: tx, once.key, status: once.status, body: try once.body(value))
                return .done(value)
            }
        }
    }
}
