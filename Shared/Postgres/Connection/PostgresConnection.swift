import CPostgres
import Foundation
import Synchronization
import Threads

/// One connection to PostgreSQL: an actor on its own thread, where libpq's waiting is done.
///
/// A statement that has been sent is never abandoned by a cancelled task: it is bounded by its deadline instead, so that the protocol stays in step.
actor PostgresConnection {
    /// Past it a statement would be prepared more often than it is used; the suite has a few hundred.
    private static let preparedStatements = 256

    private let executor: ThreadExecutor
    private let handle = LibpqHandle()
    let usesPreparedStatements: Bool
    var cache = StatementCache(capacity: PostgresConnection.preparedStatements)
    private let broken = Atomic(false)
    /// When it is to be replaced by a new one, so that after a failover or a change of DNS no connection stays behind for ever.
    nonisolated let expiresAt: ContinuousClock.Instant

    /// Where a transaction on this connection runs best: between two of its statements nothing else may run here anyway.
    nonisolated var taskExecutor: any TaskExecutor { executor }
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameter name: The thread's name, of which Linux shows 15 bytes.
    init(name: String, usesPreparedStatements: Bool, lifetime: Duration = .seconds(3600)) {
        executor = ThreadExecutor(name: name)
        expiresAt = .now + lifetime
        self.usesPreparedStatements = usesPreparedStatements
    }

    deinit { close() }

    /// Not to be used again: it broke, or the server is no longer the right one.
    nonisolated var isBroken: Bool { broken.load(ordering: .acquiring) }

    /// Ends the connection and its thread, without waiting for either.
    nonisolated func close() {
        broken.store(true, ordering: .releasing)
        executor.close { [handle] in handle.finish() }
    }

    /// Breaks the connection, so that a wait for notifications ends at once.
    nonisolated func interrupt() {
        broken.store(true, ordering: .releasing)
        handle.interrupt()
    }

    /// Connects; `connect_timeout` bounds the time for each host.
    ///
    /// The blocking form of libpq is used on purpose: only it moves on to the next host when one does not answer in time.
    ///
    /// - Throws: ``PostgresError`` of kind `unreachable`.
    func connect(_ parameters: ConnectionParameters) throws {
        handle.pointer = parameters.withPointers { PQconnectdbParams($0, $1, 1) }
        guard let pointer = handle.pointer, PQstatus(pointer) == CONNECTION_OK else {
            let message = handle.pointer.flatMap { PQerrorMessage($0) }.map { String(cString: $0) } ?? "out of memory"
            close()
            throw PostgresError(.unreachable, detail: message.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        PQsetNoticeProcessor(pointer, { _, _ in }, nil)
        PQsetnonblocking(pointer, 1)
        handle.rememberSocket()
    }

    /// Runs one statement with its parameters.
    ///
    /// - Throws: ``PostgresError``; of kind `staleConnection` when the connection was dead before anything was sent.
    func run(_ sql: SQL, deadline: Duration) throws -> PostgresResult {
        let buffer = try ParameterBuffer(sql.binds)
        let end = ContinuousClock.now + deadline
        try checkAlive()
        guard usesPreparedStatements else { return try sendUnnamed(sql.text, buffer, end) }
        let key = StatementCache.Key(text: sql.text, types: buffer.types)
        do {
            return try sendPrepared(key, buffer, end)
        } catch let error as PostgresError where error.isStalePlan {
            cache.forget(key)
            guard handle.pointer.map({ PQtransactionStatus($0) }) == PQTRANS_IDLE else { throw error }
            return try sendPrepared(key, buffer, end)
        }
    }

    /// Runs one statement outside of a transaction; one that opens a transaction costs the connection, since nobody would end it.
    func runAlone(_ sql: SQL, deadline: Duration) throws -> PostgresResult {
        let result = try run(sql, deadline: deadline)
        guard handle.pointer.map({ PQtransactionStatus($0) }) == PQTRANS_IDLE else {
            throw abandon(PostgresError(.invalidValue, subject: "BEGIN outside of transaction { }"))
        }
        return result
    }

    /// Runs text that may hold several statements and no parameters (migrations, BEGIN, COMMIT).
    ///
    /// - Parameter isListening: Notifications may be waiting in the socket; they stay for ``notifications(within:)``.
    func runScript(_ text: String, deadline: Duration, isListening: Bool = false) throws -> PostgresResult {
        guard !text.utf8.contains(0) else { throw PostgresError(.invalidValue, subject: "NUL in a script") }
        if !isListening { try checkAlive() }
        return try exchange(until: ContinuousClock.now + deadline) { PQsendQuery($0, text) }
    }

    /// Waits for a NOTIFY, at most `timeout`.
    ///
    /// - Returns: The notifications that have arrived, none when the time passed.
    /// - Throws: ``PostgresError`` of kind `connectionLost`.
    func notifications(within timeout: Duration) throws -> [PostgresNotification] {
        let pointer = try openPointer()
        let end = ContinuousClock.now + timeout
        var received: [PostgresNotification] = []
        repeat {
            while let notification = PQnotifies(pointer) {
                received.append(PostgresNotification(copying: notification))
                PQfreemem(notification)
            }
            guard received.isEmpty, SocketWait.wait(for: [.read], on: PQsocket(pointer), until: end) == .ready else { break }
            guard PQconsumeInput(pointer) == 1 else { throw lost(pointer) }
        } while true
        return received
    }
}

/// The exchange with the server, on the connection's thread.
extension PostgresConnection {
    private func sendUnnamed(_ text: String, _ buffer: ParameterBuffer, _ end: ContinuousClock.Instant) throws -> PostgresResult {
        try exchange(until: end) { pointer in
            buffer.withPointers { PQsendQueryParams(pointer, text, buffer.count, buffer.types, $0, $1, $2, 0) }
        }
    }

    private func sendPrepared(_ key: StatementCache.Key, _ buffer: ParameterBuffer, _ end: ContinuousClock.Instant) throws -> PostgresResult
    {
        let name = try preparedName(of: key, buffer, end)
        return try exchange(until: end) { pointer in
            buffer.withPointers { PQsendQueryPrepared(pointer, name, buffer.count, $0, $1, $2, 0) }
        }
    }

    /// The name the server knows the statement by; prepares it when it does not yet.
    func preparedName(of key: StatementCache.Key, _ buffer: ParameterBuffer, _ end: ContinuousClock.Instant) throws -> String {
        switch cache.lookup(key) {
        case .prepared(let known):
            return known
        case .prepare(let fresh, let evicted):
            if let evicted { _ = try exchange(until: end) { PQsendQuery($0, "DEALLOCATE \(evicted)") } }
            _ = try exchange(until: end) { PQsendPrepare($0, fresh, key.text, buffer.count, key.types) }
            cache.insert(fresh, for: key)
            return fresh
        }
    }

    private func exchange(until end: ContinuousClock.Instant, _ send: (OpaquePointer) -> Int32) throws -> PostgresResult {
        let pointer = try openPointer()
        guard send(pointer) == 1 else { throw lost(pointer) }
        try flush(pointer, until: end)
        var answer: PostgresResult?
        var failure: PostgresError?
        do {
            while let result = try nextResult(pointer, until: end) {
                switch PQresultStatus(result) {
                case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE:
                    failure = failure ?? PostgresError(result: result)
                    PQclear(result)
                case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                    PQclear(result)
                    throw abandon(PostgresError(.invalidValue, subject: "COPY is not supported"))
                default:
                    answer = PostgresResult(owning: result)
                }
            }
        } catch {
            // A backend that is terminated first says why, and then hangs up.
            throw failure.map { judge($0, pointer) } ?? error
        }
        if let failure { throw judge(failure, pointer) }
        guard let answer else { throw lost(pointer) }
        return answer
    }

    func flush(_ pointer: OpaquePointer, until end: ContinuousClock.Instant) throws {
        while true {
            switch PQflush(pointer) {
            case 0: return
            case 1:
                guard SocketWait.wait(for: [.read, .write], on: PQsocket(pointer), until: end) == .ready else { throw timedOut() }
                guard PQconsumeInput(pointer) == 1 else { throw lost(pointer) }
            default: throw lost(pointer)
            }
        }
    }

    func nextResult(_ pointer: OpaquePointer, until end: ContinuousClock.Instant) throws -> OpaquePointer? {
        while PQisBusy(pointer) == 1 {
            guard SocketWait.wait(for: [.read], on: PQsocket(pointer), until: end) == .ready else { throw timedOut() }
            guard PQconsumeInput(pointer) == 1 else { throw lost(pointer) }
        }
        return PQgetResult(pointer)
    }

    /// A server that went away has said so on the idle socket; finding it out here costs a system call and saves a failed statement.
    ///
    /// Nothing else is due there, except on a listening connection; a changed setting, which the server reports too, costs one reconnect.
    func checkAlive() throws {
        let pointer = try openPointer()
        guard PQtransactionStatus(pointer) == PQTRANS_IDLE else { return }
        guard SocketWait.wait(for: [.read], on: PQsocket(pointer), until: .now) == .timedOut else {
            throw abandon(PostgresError(.staleConnection))
        }
    }

    func openPointer() throws -> OpaquePointer {
        guard let pointer = handle.pointer, !isBroken else { throw PostgresError(.closed) }
        return pointer
    }

    private func timedOut() -> PostgresError {
        handle.needsCancel = true
        return abandon(PostgresError(.deadline))
    }

    func lost(_ pointer: OpaquePointer) -> PostgresError {
        abandon(PostgresError(.connectionLost, detail: PQerrorMessage(pointer).map { String(cString: $0) } ?? ""))
    }

    func judge(_ error: PostgresError, _ pointer: OpaquePointer) -> PostgresError {
        if PQstatus(pointer) != CONNECTION_OK {
            return abandon(error.sqlState == nil ? PostgresError(.connectionLost, detail: error.debugDescription) : error)
        }
        return error.dropsConnection ? abandon(error) : error
    }

    private func abandon(_ error: PostgresError) -> PostgresError {
        broken.store(true, ordering: .releasing)
        return error
    }
}
