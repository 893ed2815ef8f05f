import Contracts
import Foundation

/// The boards of this replica, kept until anything changes anywhere.
///
/// Right at once after a change on any replica: each answer is preceded by a read of the database's revision that began after the question
/// came, so whatever was committed before is heeded. Questions that come while such a read is under way share the next one; under load one
/// small statement carries dozens of answers. The alternative, telling replicas of changes, would leave a moment in which they do not know yet.
actor OnCallMemory {
    /// More teams than there are, and room for names of none; when full, everything is read anew.
    static let capacity = 10_000

    private enum Turn {
        /// The caller reads, for itself and for these.
        case lead([Waiter])
        case revision(Int)
    }
    private typealias Waiter = CheckedContinuation<Turn, any Error>

    private struct Entry {
        /// Nil for a team without a schedule.
        let board: Board?
        var current: CurrentText?
    }

    private let schedules: ScheduleStore
    private var revision = 0
    private var entries: [String: Entry] = [:]
    private var isReading = false
    private var waiting: [Waiter] = []

    init(_ schedules: ScheduleStore) {
        self.schedules = schedules
    }

    /// What says who is on call for these teams from `now` on; teams without a schedule are left out.
    func boards(_ teams: [String], at now: Date) async throws -> [String: Board] {
        let seen = try await entries(teams, at: now)
        return seen.compactMapValues(\.board)
    }

    /// The answer to "who is on call now", as JSON; written once for each change of it.
    ///
    /// - Throws: ``OnCallError/unknownTeam``.
    func current(_ team: String, at now: Date) async throws -> String {
        guard let text = try await current([team], at: now)[team] else { throw OnCallError.unknownTeam }
        return text
    }

    /// The answers for several teams by one read of the revision; teams without a schedule are left out.
    func current(_ teams: [String], at now: Date) async throws -> [String: String] {
        let seen = try await entries(teams, at: now)
        return try seen.reduce(into: [:]) { texts, pair in texts[pair.key] = try text(pair.key, pair.value, at: now) }
    }

    private func text(_ team: String, _ entry: Entry, at now: Date) throws -> String? {
        guard let board = entry.board else { return nil }
        if let text = entry.current?.text(at: now) { return text }
        let text = try CurrentText(board, at: now)
        if entries[team]?.board == board { entries[team]?.current = text }
        return text.text(at: now) ?? text.whole
    }

    private func entries(_ teams: [String], at now: Date) async throws -> [String: Entry] {
        let seen = try await freshRevision()
        if seen > revision {
            entries.removeAll(keepingCapacity: true)
            revision = seen
        }
        var found: [String: Entry] = [:]
        for team in teams { found[team] = entries[team] }
        let missing = teams.filter { found[$0] == nil }
        guard !missing.isEmpty else { return found }
        let boards = try await schedules.boards(missing, at: now)
        for team in missing { found[team] = Entry(board: boards[team], current: nil) }
        // A change that was seen meanwhile may be one of theirs.
        if revision == seen {
            if entries.count + missing.count > Self.capacity { entries.removeAll() }
            for team in missing { entries[team] = found[team] }
        }
        return found
    }

    /// The database's revision at a moment after this call began.
    private func freshRevision() async throws -> Int {
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
