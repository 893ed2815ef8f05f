/// How often each statement was sent, read from a pool's metrics: what a request cost, where a clock would only guess.
package struct StatementCounts: Sendable, Hashable {
    /// By the statement's name, as `APITokenStore.row`.
    package let sent: [String: Int]

    /// - Parameter exposition: What `/metrics` shows.
    package init(exposition: String) {
        let stem = #"tocsin_postgres_query_duration_seconds_count{statement=""#
        var sent: [String: Int] = [:]
        for line in exposition.split(separator: "\n") where line.hasPrefix(stem) {
            let parts = line.dropFirst(stem.count).split(separator: "\"")
            guard parts.count == 2, let number = parts[1].split(separator: " ").last, let count = Int(number) else { continue }
            sent[String(parts[0])] = count
        }
        self.sent = sent
    }

    /// What was sent since then, without what was not.
    package func since(_ before: StatementCounts) -> [String: Int] {
        sent.merging(before.sent) { $0 - $1 }.filter { $0.value != 0 }
    }
}
