import Auth
import CHiredis
import Foundation
import Synchronization
import Threads

/// One connection to Redis: an actor on its own thread, where the waiting is done, as `PostgresConnection` does it.
///
/// Everything has an end in time, also when commands queue up: one whose time is over when its turn comes is not sent. After an exchange that was cut off
/// the connection is broken, since the answer may still come.
actor RedisConnection {
    private let executor: ThreadExecutor
    private var context: RedisContext?
    private let broken = Atomic(false)
    /// The socket while it is open, for ``interrupt()``, which comes from other threads.
    private let socket = Mutex<Int32?>(nil)

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    nonisolated var isBroken: Bool { broken.load(ordering: .acquiring) }

    /// - Parameter name: The thread's.
    init(name: String) {
        executor = ThreadExecutor(name: name)
    }

    /// The context goes with the actor, when nobody can use either any more.
    deinit { executor.close {} }

    /// Ends a wait at once, from any thread.
    nonisolated func interrupt() {
        broken.store(true, ordering: .releasing)
        socket.withLock { socket in
            if let socket { _ = shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    /// Connects and signs in; only the look-up of the host's name has no end of ours.
    func open(_ configuration: RedisConfiguration, until end: ContinuousClock.Instant) throws(RedisError) {
        guard let context = RedisContext(host: configuration.host, port: configuration.port) else { throw .unreachable }
        guard SocketWait.wait(for: [.write], on: context.socket, until: end) == .ready, context.isConnected else { throw .unreachable }
        redisEnableKeepAlive(context.pointer)
        self.context = context
        let descriptor = context.socket
        socket.withLock { $0 = descriptor }
        if let password = configuration.password {
            try expect(.status("OK"), of: ["AUTH"] + [configuration.user, password.reveal()].compactMap { $0 }, until: end)
        }
        if configuration.database != 0 { try expect(.status("OK"), of: ["SELECT", "\(configuration.database)"], until: end) }
        try ping(until: end)
    }

    func ping(until end: ContinuousClock.Instant) throws(RedisError) {
        try expect(.status("PONG"), of: ["PING"], until: end)
    }

    /// Sends a command and waits for its answer.
    ///
    /// - Throws: ``RedisError/refused(_:)`` also for an error that Redis answered, after which the connection is as good as before.
    func call(_ words: [Data], until end: ContinuousClock.Instant) throws(RedisError) -> RedisReply {
        guard ContinuousClock.now < end else { throw .timeout }
        try post(words, until: end)
        guard let reply = try receive(until: end) else { throw giveUp(.timeout) }
        if case .failure(let word) = reply { throw .refused(word) }
        return reply
    }

    /// Sends a command whose answer ``receive(until:)`` will bring.
    func post(_ words: [Data], until end: ContinuousClock.Instant) throws(RedisError) {
        guard let context, !isBroken else { throw .lost }
        guard context.append(words) else { throw giveUp(.lost) }
        var isDone: Int32 = 0
        while true {
            guard redisBufferWrite(context.pointer, &isDone) == REDIS_OK else { throw giveUp(.lost) }
            if isDone == 1 { return }
            guard SocketWait.wait(for: [.write], on: context.socket, until: end) == .ready else { throw giveUp(.timeout) }
        }
    }

    /// The next answer or message; nil when none has come by `end`.
    func receive(until end: ContinuousClock.Instant) throws(RedisError) -> RedisReply? {
        guard let context, !isBroken else { throw .lost }
        while true {
            var raw: UnsafeMutableRawPointer?
            guard redisGetReplyFromReader(context.pointer, &raw) == REDIS_OK else { throw giveUp(.lost) }
            if let raw {
                defer { freeReplyObject(raw) }
                return RedisReply(copying: raw.assumingMemoryBound(to: redisReply.self))
            }
            guard SocketWait.wait(for: [.read], on: context.socket, until: end) == .ready else { return nil }
            guard redisBufferRead(context.pointer) == REDIS_OK else { throw giveUp(.lost) }
        }
    }

    private func expect(_ reply: RedisReply, of words: [String], until end: ContinuousClock.Instant) throws(RedisError) {
        guard try call(words.map { Data($0.utf8) }, until: end) == reply else { throw giveUp(.unexpected) }
    }

    private func giveUp(_ error: RedisError) -> RedisError {
        broken.store(true, ordering: .releasing)
        return error
    }
}
