/// Who has which connection of a lane and who waits for one: the pool's decisions, without connections, tasks or time.
///
/// Each change returns what the caller has to do about it. Waiters are served in the order in which they came.
struct LaneQueue<Connection: Sendable, Waiter: Sendable>: Sendable {
    let limit: Int
    private(set) var idle: [Connection] = []
    private(set) var leased = 0
    private(set) var opening = 0
    private(set) var isClosed = false
    private var waiters: [(id: UInt64, waiter: Waiter)] = []

    init(limit: Int) {
        self.limit = limit
    }

    var waiting: Int { waiters.count }

    enum Request: Sendable {
        case leased(Connection)
        case refused
        case mustWait
    }

    enum Queued: Sendable {
        case wait
        case waitAndOpen
        case leased(Connection, Waiter)
        case refused(Waiter)
    }

    enum Return: Sendable {
        case none
        case handOver(Connection, Waiter)
        case close(Connection)
        case closeAndOpen(Connection)
    }

    /// An idle connection, the one used last, unless somebody already waits.
    mutating func take() -> Request {
        if isClosed { return .refused }
        guard waiters.isEmpty, let connection = idle.popLast() else { return .mustWait }
        leased += 1
        return .leased(connection)
    }

    mutating func wait(_ id: UInt64, _ waiter: Waiter) -> Queued {
        if isClosed { return .refused(waiter) }
        if waiters.isEmpty, let connection = idle.popLast() {
            leased += 1
            return .leased(connection, waiter)
        }
        waiters.append((id, waiter))
        return openIfUseful() ? .waitAndOpen : .wait
    }

    /// - Returns: The waiter, unless it has been served in the meantime.
    mutating func leave(_ id: UInt64) -> Waiter? {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return nil }
        return waiters.remove(at: index).waiter
    }

    mutating func giveBack(_ connection: Connection, isUsable: Bool) -> Return {
        leased -= 1
        return settle(connection, isUsable: isUsable)
    }

    mutating func opened(_ connection: Connection) -> Return {
        opening -= 1
        return settle(connection, isUsable: true)
    }

    /// Whether an attempt to connect is still worth making; if not, it counts as ended.
    mutating func keepsOpening() -> Bool {
        if !isClosed, !waiters.isEmpty { return true }
        opening -= 1
        return false
    }

    mutating func close() -> (idle: [Connection], waiters: [Waiter]) {
        isClosed = true
        defer {
            idle = []
            waiters = []
        }
        return (idle, waiters.map(\.waiter))
    }

    private mutating func settle(_ connection: Connection, isUsable: Bool) -> Return {
        guard isUsable, !isClosed else { return openIfUseful() ? .closeAndOpen(connection) : .close(connection) }
        guard !waiters.isEmpty else {
            idle.append(connection)
            return .none
        }
        leased += 1
        return .handOver(connection, waiters.removeFirst().waiter)
    }

    private mutating func openIfUseful() -> Bool {
        guard !isClosed, opening < waiters.count, idle.count + leased + opening < limit else { return false }
        opening += 1
        return true
    }
}
