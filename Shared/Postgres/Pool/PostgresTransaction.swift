import Synchronization

/// A transaction in progress; of no use once the closure it was given to has returned.
///
/// BEGIN travels with the first statement, and what ``later(_:file:function:)`` was given with the next one or with COMMIT: a transaction costs as many
/// waits as it has answers to look at.
package final class PostgresTransaction: PostgresSession {
    private struct State {
        var isOpen = true
        /// A statement failed, and whatever was to travel with it, BEGIN perhaps, may never have left: nothing but a rollback may follow.
        var isFailed = false
        var mayRetry = false
        var actions: [@Sendable () -> Void] = []
        /// What has not been sent yet, BEGIN first.
        var waiting: [Waiting] = []
        var hasBegun = false
    }

    private struct Waiting {
        let step: PipelineStep
        var hear: (@Sendable (PostgresResult) -> Void)?
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

    /// Runs one statement within the transaction, after those that were left for later.
    package func run(_ sql: SQL, as name: StatementName) async throws -> PostgresResult {
        try await send(PipelineStep(name: name, sql: sql))
    }

    /// Runs statements one after the other with one wait.
    /// - Returns: A result for each.
    func run(_ statements: [SQL], as name: StatementName) async throws -> [PostgresResult] {
        try await send(statements.map { PipelineStep(name: name, sql: $0) })
    }

    /// Leaves a statement whose answer nobody waits for to be sent with the next one, or with COMMIT; its failure is theirs, under its own name.
    ///
    /// - Parameter hear: Gets the answer when it is there, before the next statement or the commit returns.
    package func later(
        _ sql: SQL, file: String = #fileID, function: String = #function, hear: (@Sendable (PostgresResult) -> Void)? = nil
    ) {
        let step = PipelineStep(name: StatementName(file: file, function: function), sql: sql)
        state.withLock { $0.waiting.append(Waiting(step: step, hear: hear)) }
    }

    /// Sends what was left for later, for those who want to know now whether it can be done.
    package func flush() async throws {
        guard let last = state.withLock({ $0.waiting.isEmpty ? nil : $0.waiting.removeLast() }) else { return }
        let result = try await send(last.step)
        last.hear?(result)
    }

    private func send(_ step: PipelineStep) async throws -> PostgresResult {
        try await send([step])[0]
    }

    private func send(_ steps: [PipelineStep]) async throws -> [PostgresResult] {
        try Task.checkCancellation()
        guard state.withLock({ $0.isOpen }) else { throw PostgresError(.closed, subject: "transaction") }
        return try await transmit(steps)
    }

    /// - Parameter steps: At least one.
    /// - Returns: A result for each.
    private func transmit(_ steps: [PipelineStep]) async throws -> [PostgresResult] {
        let (waiting, isFailed) = state.withLock { state in
            defer {
                state.waiting = []
                state.hasBegun = true
            }
            return (state.waiting, state.isFailed)
        }
        guard !isFailed else { throw aborted() }
        for step in waiting.map(\.step) + steps.dropFirst() { observer.echo(step.name, step.sql.text) }
        do {
            let results = try await observer.observe(steps[0].name, steps[0].sql.text) {
                waiting.isEmpty && steps.count == 1
                    ? [try await connection.run(steps[0].sql, deadline: deadline)]
                    : try await connection.runTogether(waiting.map(\.step) + steps, deadline: deadline)
            }
            for (waited, result) in zip(waiting, results) { waited.hear?(result) }
            return results.suffix(steps.count)
        } catch {
            let mayRetry = (error as? PostgresError).map { $0.isRetryable || $0.isStalePlan } ?? false
            state.withLock { state in
                state.isFailed = true
                if mayRetry { state.mayRetry = true }
            }
            throw error
        }
    }

    /// Leaves something to be done once COMMIT has returned; it is forgotten when the transaction rolls back or runs again.
    package func afterCommit(_ action: @escaping @Sendable () -> Void) {
        state.withLock { $0.actions.append(action) }
    }

    /// Some statement of it lost a race, so it did nothing and may run again, whatever its error was turned into.
    var mayRetry: Bool { state.withLock { $0.mayRetry } }

    /// - Throws: ``PostgresError`` of kind `staleConnection` when the connection died while it was idle.
    func begin(_ isolation: IsolationLevel) async throws {
        try await connection.checkAlive()
        let begin = PipelineStep(name: name, sql: "BEGIN ISOLATION LEVEL \(unsafeSQL: isolation.rawValue)")
        state.withLock { $0.waiting = [Waiting(step: begin)] }
    }

    /// - Returns: What was left to be done after the commit.
    func commit() async throws -> [@Sendable () -> Void] {
        let (actions, isEmpty) = state.withLock { state in
            state.isOpen = false
            // Nothing but BEGIN, and that was never sent.
            return (state.actions, !state.hasBegun && state.waiting.count == 1)
        }
        if isEmpty { return actions }
        let results = try await transmit([PipelineStep(name: name, sql: "COMMIT")])
        // COMMIT of a failed transaction is answered ROLLBACK, and is no error to the server.
        guard results[0].commandTag == "COMMIT" else { throw aborted() }
        return actions
    }

    /// Never fails: a connection that cannot roll back is given up.
    func rollBack() async {
        let hasBegun = state.withLock { state in
            state.isOpen = false
            return state.hasBegun
        }
        guard hasBegun, !connection.isBroken else { return }
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
