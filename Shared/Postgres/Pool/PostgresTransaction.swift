import Synchronization

/// A transaction in progress; of no use once the closure it was given to has returned.
package final class PostgresTransaction: PostgresSession {
    private struct State {
        var isOpen = true
        var mayRetry = false
        var actions: [@Sendable () -> Void] = []
    }

    private let connection: PostgresConnection
    private let observer: StatementObserver
    private let deadline: Duration
    private let name: StatementName
    private let state = Mutex(State())

    init(_ connection: PostgresConnection, observer: StatementObserver, deadline: Duration, name: StatementName) {
        self.connection = connection
        self.observer = observer
        self.deadline = deadline
        self.name = name
    }

    /// Runs one statement within the transaction.
    package func run(_ sql: SQL, as name: StatementName) async throws -> PostgresResult {
        try Task.checkCancellation()
        guard state.withLock({ $0.isOpen }) else { throw PostgresError(.closed, subject: "transaction") }
        do {
            return try await observer.observe(name, sql.text) { try await connection.run(sql, deadline: deadline) }
        } catch let error as PostgresError where error.isRetryable || error.isStalePlan {
            state.withLock { $0.mayRetry = true }
            throw error
        }
    }

    /// Leaves something to be done once COMMIT has returned; it is forgotten when the transaction rolls back or runs again.
    package func afterCommit(_ action: @escaping @Sendable () -> Void) {
        state.withLock { $0.actions.append(action) }
    }

    /// Some statement of it lost a race, so it did nothing and may run again, whatever its error was turned into.
    var mayRetry: Bool { state.withLock { $0.mayRetry } }

    func begin(_ isolation: IsolationLevel) async throws {
        _ = try await script("BEGIN ISOLATION LEVEL \(isolation.rawValue)")
    }

    /// - Returns: What was left to be done after the commit.
    func commit() async throws -> [@Sendable () -> Void] {
        let actions = state.withLock { state in
            state.isOpen = false
            return state.actions
        }
        do {
            let result = try await script("COMMIT")
            // COMMIT of a failed transaction is answered ROLLBACK, and is no error to the server.
            guard result.commandTag == "COMMIT" else { throw aborted() }
        } catch let error as PostgresError where error.isRetryable {
            state.withLock { $0.mayRetry = true }
            throw error
        }
        return actions
    }

    /// Never fails: a connection that cannot roll back is given up.
    func rollBack() async {
        state.withLock { $0.isOpen = false }
        guard !connection.isBroken else { return }
        do {
            _ = try await script("ROLLBACK")
        } catch {
            connection.close()
        }
    }

    private func aborted() -> PostgresError {
        var error = PostgresError(.transactionAborted)
        error.statement = name
        return error
    }

    private func script(_ text: String) async throws -> PostgresResult {
        try await observer.observe(name, text) { try await connection.runScript(text, deadline: deadline) }
    }
}
