import Foundation

/// How many descriptors the process may have open, and how many of them strangers' connections may take.
///
/// Most systems start a process with 1,024 and let it ask for more: with those, as many connections as a server takes would leave none for the
/// database and for providers, and nobody would be paged.
package enum OpenFilesLimit {
    /// What the systemd unit gives too: eight times the connections of a server.
    package static let most: UInt = 8_192
    /// Kept from connections: the largest pool of the database with its overflow, 32 mails, webhooks, other daemons, Redis, and the process's own.
    package static let kept = 256
    /// Where there is no more than what is kept, balancers and the scrape still come in.
    package static let fewestConnections = 16

    /// The soft limit to ask for; a higher one is left as it is.
    package static func raised(soft: UInt, hard: UInt) -> UInt {
        max(soft, min(hard, most))
    }

    /// How many of the wanted connections a server may hold under a soft limit.
    package static func connections(_ wanted: Int, soft: UInt) -> Int {
        min(wanted, max(fewestConnections, Int(clamping: soft) - kept))
    }

    /// Raises the soft limit of this process and returns the one it has then; nil where the system tells none.
    static func raise() -> UInt? {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return nil }
        var wanted = limit
        wanted.rlim_cur = raised(soft: limit.rlim_cur, hard: limit.rlim_max)
        return setrlimit(resource, &wanted) == 0 ? wanted.rlim_cur : limit.rlim_cur
    }
}
