import Foundation
import Logging
import Synchronization

/// Reads the boards of many teams where one that cannot be read must not stop the others.
struct BoardReader: Sendable {
    let schedules: ScheduleStore
    let notes: UnreadableTeams

    func boards(_ teams: [String], at now: Date) async throws -> KnownBoards {
        notes.noted(try await schedules.known(teams, at: now))
    }

    /// - Parameter limit: teams, by name.
    func boards(first limit: Int, at now: Date) async throws -> KnownBoards {
        notes.noted(try await schedules.known(first: limit, at: now))
    }
}

/// Says of each team once that its schedule cannot be read here, and again only after it could be.
final class UnreadableTeams: Sendable {
    private let logger: Logger
    private let teams = Mutex<Set<String>>([])

    init(_ logger: Logger) {
        self.logger = logger
    }

    func noted(_ seen: KnownBoards) -> KnownBoards {
        note(seen.unreadable, readable: Set(seen.boards.keys))
        return seen
    }

    func note(_ unreadable: Set<String>, readable: Set<String>) {
        let news = teams.withLock { teams in
            teams.subtract(readable)
            let news = unreadable.subtracting(teams)
            teams.formUnion(news)
            return news
        }
        for team in news.sorted() { logger.error("schedule cannot be read", metadata: ["team": "\(team)"]) }
    }
}
