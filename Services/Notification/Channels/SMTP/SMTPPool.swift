/// A bounded number of sessions with one mail server; the one used last goes first, because its connection is the likeliest to be open.
actor SMTPPool {
    private let server: SMTPServer
    private let limit: Int
    private var idle: [SMTPSession] = []
    private var made = 0
    private var waiting: [CheckedContinuation<SMTPSession, Never>] = []

    init(_ server: SMTPServer, limit: Int) {
        self.server = server
        self.limit = limit
    }

    nonisolated func send(_ content: String, from sender: String, to recipient: String, deadline: Duration) async -> SMTPReply {
        let clock = ContinuousClock()
        let start = clock.now
        let session = await take()
        let reply = await session.send(content, from: sender, to: recipient, deadline: deadline - (clock.now - start))
        await give(session)
        return reply
    }

    /// Closes the idle sessions; those at work are closed by never being used again.
    func close() async {
        let sessions = idle
        idle = []
        made -= sessions.count
        for session in sessions { await session.close() }
    }

    private func take() async -> SMTPSession {
        if let session = idle.popLast() { return session }
        if made < limit {
            made += 1
            return SMTPSession(server, name: "smtp-\(made)")
        }
        return await withCheckedContinuation { waiting.append($0) }
    }

    private func give(_ session: SMTPSession) {
        if waiting.isEmpty { idle.append(session) } else { waiting.removeFirst().resume(returning: session) }
    }
}
