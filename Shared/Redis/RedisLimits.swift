/// How long Redis may take, and how much it is given.
package enum RedisLimits {
    /// What a request waits for one command at most, however Redis hangs: a hundred times what a server on the same network takes, and nothing a
    /// person notices. After one that took longer the connection is given up, and commands fail at once until there is another.
    package static let command: Duration = .milliseconds(100)
    /// For a new connection with its sign-in; nobody waits for it.
    static let connect: Duration = .seconds(1)
    /// A silent connection is asked for a sign of life this often, so that `/health` tells of a frozen server that nobody uses.
    static let heartbeat: Duration = .seconds(2)
    /// Larger values stay out: they would hold up the commands behind them.
    package static let longestValue = 256 * 1024
}

/// How long to leave Redis alone after failures in a row.
package enum ReconnectPause {
    private static let base: Duration = .milliseconds(100)
    /// Short enough that `/health` is green again soon after the server is back.
    private static let cap: Duration = .seconds(5)

    /// Doubles up to the cap, and is then anything between half of that and all of it, so that replicas do not come back in step.
    ///
    /// - Parameters:
    ///   - failures: In a row so far, 1 or more.
    ///   - chance: From 0 to 1.
    package static func pause(after failures: Int, chance: Double) -> Duration {
        let doublings = min(max(failures - 1, 0), 10)
        return min(base * (1 << doublings), cap) * (0.5 + chance / 2)
    }
}
