import Contracts
import Foundation

/// The boards of this replica, kept until anything changes anywhere.
///
/// Right at once after a change on any replica: each answer from here is preceded by a read of the database's revision that began after the question
/// came, so whatever was committed before is heeded. Questions that come while such a read is under way share the next one. The alternative,
/// telling replicas of changes, would leave a moment in which they do not know yet. ``CurrentDoor`` holds the answers of one read for a moment.
actor OnCallMemory {
    /// More teams than there are, and room for names of none; when full, everything is read anew.
    static let capacity = 10_000

    private enum Turn {
        /// The caller reads, for itself and for these.
        case lead([Waiter])
        case revision(ScheduleRevision)
    }
    private typealias Waiter = CheckedContinuation<Turn, any Error>

    private struct Entry {
        /// Nil for a team without a schedule.
        let board: Board?
        var current: CurrentText?
    }

    /// What one look found.
    private struct Seen {
        let revision: ScheduleRevision
        var entries: [String: Entry] = [:]
        var unreadable: Set<String> = []
    }

    private let schedules: ScheduleStore
    private var revision: ScheduleRevision?
    private var entries: [String: Entry] = [:]
    private var isReading = false
    private var waiting: [Waiter] = []

    init(_ schedules: ScheduleStore) {
        self.schedules = schedules
    }

    /// What says who is on call for these teams from `now` on; teams without a schedule are left out.
    ///
    /// - Throws: ``UnreadableSchedule`` when one of them cannot be read, as all that follows but ``known(_:at:)``.
    func boards(_ teams: [String], at now: Date) async throws -> [String: Board] {
        try await wholly(teams, at: now).entries.compactMapValues(\.board)
    }

    /// The same for those that can be read here, and the names of the others; for whoever must not lose all for the sake of one.
    func known(_ teams: [String], at now: Date) async throws -> KnownBoards {
        let seen = try await seen(teams, at: now)
        return KnownBoards(boards: seen.entries.compactMapValues(\.board), unreadable: seen.unreadable)
    }

    /// What several teams' answers to "who is on call now" were at one revision.
    struct Answers {
        let revision: ScheduleRevision
        /// By team; those without a schedule are left out.
        let texts: [String: CurrentText]
    }

    /// The answer to "who is on call now", as JSON; written once for each change of it.
    ///
    /// - Throws: ``OnCallError/unknownTeam``.
    func current(_ team: String, at now: Date) async throws -> String {
        guard let text = try await current([team], at: now).texts[team] else { throw OnCallError.unknownTeam }
        return text.text(at: now) ?? text.whole
    }

    /// The answers for several teams by one read of the revision; each is of use at `now` at least.
    func current(_ teams: [String], at now: Date) async throws -> Answers {
        let seen = try await wholly(teams, at: now)
        return Answers(
            revision: seen.revision,
            texts: try seen.entries.reduce(into: [:]) { texts, pair in texts[pair.key] = try text(pair.key, pair.value, at: now) })
    }

    private func text(_ team: String, _ entry: Entry, at now: Date) throws -> CurrentText? {
        guard let board = entry.board else { return nil }
        if let text = entry.current, text.text(at: now) != nil { return text }
        let text = try CurrentText(board, at: now)
        if entries[team]?.board == board { entries[team]?.current = text }
        return text
    }

    private func wholly(_ teams: [String], at now: Date) async throws -> Seen {
        let seen = try await seen(teams, at: now)
        guard seen.unreadable.isEmpty else { throw UnreadableSchedule() }
        return seen
    }

    private func seen(_ teams: [String], at now: Date) async throws -> Seen {
        var seen = Seen(revision: try await freshRevision())
        // Not only a higher one: after a failover that lost commits the number is lower.
        if seen.revision != revision {
            entries.removeAll(keepingCapacity: true)
            revision = seen.revision
        }
        for team in teams { seen.entries[team] = entries[team] }
        let missing = teams.filter { seen.entries[$0] == nil }
        guard !missing.isEmpty else { return seen }
        let known = try await schedules.known(missing, at: now)
        // Not kept: what cannot be read is no team without a schedule, and is looked at again each time.
        seen.unreadable = known.unreadable
        for team in missing where !known.unreadable.contains(team) {
            seen.entries[team] = Entry(board: known.boards[team], current: nil)
        }
        // A change that was seen meanwhile may be one of theirs.
        if revision == seen.revision {
            if entries.count + missing.count > Self.capacity { entries.removeAll() }
            for team in missing { entries[team] = seen.entries[team] }
        }
        return seen
    }

    /// The database's revision at a moment after this call began.
    private func freshRevision() async throws -> ScheduleRevision {
        var followers: [Waiter] = []
        if isReading {
            switch try await withCheckedThrowingContinuation({ waiting.append($0) }) {
            case .revision(let revision): return revision
            case .lead(let others): followers = others
            }
        }
        isReading = true
        do {
            let revision = try await schedules.revision()
            passOn()
            for follower in followers { follower.resume(returning: .revision(revision)) }
            return revision
        } catch is CancellationError {
            // Whoever led is gone; those who relied on it are no worse off than those who came later.
            waiting = followers + waiting
            passOn()
            throw CancellationError()
        } catch {
            passOn()
            for follower in followers { follower.resume(throwing: error) }
            throw error
        }
    }

    private func passOn() {
        isReading = !waiting.isEmpty
        guard let next = waiting.first else { return }
        let others = Array(waiting.dropFirst())
        waiting = []
        next.resume(returning: .lead(others))
    }
}
