/// A bounded share of the process's connections, kept for one purpose so that a flood of one kind of work cannot starve another (DBF-5).
package struct PostgresLane: PostgresSession {
    private let connections: ConnectionLane
    private let observer: StatementObserver
    private let deadline: Duration

    init(_ connections: ConnectionLane, observer: StatementObserver, deadline: Duration) {
        self.connections = connections
        self.observer = observer
        self.deadline = deadline
    }

    /// Runs one statement as its own transaction.
    ///
    /// A cancelled task does not interrupt a statement that has been sent; the lane's deadline bounds it.
    /// - Throws: ``PostgresError``; `CancellationError` when the task was cancelled before the statement was sent.
    package func run(_ sql: SQL, as name: StatementName) async throws -> PostgresResult {
        try await withConnection(name) { connection in
            try await observer.observe(name, sql.text) { try await connection.runAlone(sql, deadline: deadline) }
        }
    }

    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
    ///
    /// After a serialization failure or a deadlock the whole body runs again, at most ``TransactionRetry/limit`` times; so it must have no effect
    /// outside of the database, except through `afterCommit`. It must not wait for a network call.
    /// - Throws: What `body` throws; ``PostgresError`` of kind `transactionAborted` when it swallowed an error of a statement. When COMMIT itself ends in
    ///   `connectionLost` or `deadline`, it is not known whether it took effect.
    package func transaction<Answer: Sendable>(
        _ isolation: IsolationLevel = .readCommitted, file: String = #fileID, function: String = #function,
        _ body: @Sendable (PostgresTransaction) async throws -> Answer
    ) async throws -> Answer {
        let name = StatementName(file: file, function: function)
        var retry = TransactionRetry()
        while true {
            switch try await attempt(isolation, name, body) {
            case .committed(let answer, let actions):
                for action in actions { action() }
                return answer
            case .mayRetry(let error):
                guard let pause = retry.next() else { throw error }
                try await Task.sleep(for: pause)
            }
        }
    }

    private enum Outcome<Answer: Sendable>: Sendable {
        case committed(Answer, [@Sendable () -> Void])
        case mayRetry(any Error)
    }

    private func attempt<Answer: Sendable>(
        _ isolation: IsolationLevel, _ name: StatementName, _ body: @Sendable (PostgresTransaction) async throws -> Answer
    ) async throws -> Outcome<Answer> {
        try await withConnection(name) { connection in
            let transaction = PostgresTransaction(connection, observer: observer, deadline: deadline, name: name)
            return try await withTaskExecutorPreference(connection.taskExecutor) {
                try await transaction.begin(isolation)
                do {
                    let answer = try await body(transaction)
                    return .committed(answer, try await transaction.commit())
                } catch {
                    await transaction.rollBack()
                    if transaction.mayRetry { return .mayRetry(error) }
                    throw error
                }
            }
        }
    }

    /// Lends a connection to `body`, and another one when that turns out to have died while it was idle.
    private func withConnection<Answer: Sendable>(
        _ name: StatementName, _ body: (PostgresConnection) async throws -> Answer
    ) async throws -> Answer {
        try Task.checkCancellation()
        while true {
            let connection = try await lease(name)
            do {
                let answer = try await body(connection)
                connections.giveBack(connection)
                return answer
            } catch let error as PostgresError where error.kind == .staleConnection {
                connections.giveBack(connection)
            } catch {
                connections.giveBack(connection)
                throw error
            }
        }
    }

    private func lease(_ name: StatementName) async throws -> PostgresConnection {
        do {
            return try await connections.lease()
        } catch var error as PostgresError {
            error.statement = name
            observer.count(error)
            throw error
        }
    }
}
