import Contracts
import Foundation
import Logging
import ServiceKit

/// Finds shifts of people who are not there, and puts somebody in their place.
struct ConflictDesk: Sendable {
    let schedules: ScheduleStore
    let absences: TimeOffStore
    let covers: CoverStore
    let directory: ResponderDirectory
    let metrics: CalendarMetrics
    let feeds: CalendarFeedStore
    let clock: any Clock
    let logger: Logger

    /// How far the fair pick looks back; whoever was last on call before counts as a newcomer.
    private static let memory: TimeInterval = 366 * 86_400
    /// How far ahead the metric looks.
    private static let ahead: TimeInterval = 14 * 86_400

    /// - Parameter team: nil for all.
    /// - Throws: ``OnCallError/unknownTeam``.
    func conflicts(team: String?, in range: Range<Date>) async throws -> [CoverConflict] {
        let timeOff = try await absences.timeOff(in: range)
        let holidays = try await absences.holidays(in: range)
        let boards = try await schedules.boards(first: OnCallMetrics.mostTeams, at: clock.now)
        if let team, boards[team] == nil {
            // More teams than are looked at together, or none of that name.
            guard try await schedules.find(team) != nil else { throw OnCallError.unknownTeam }
        }
        var conflicts: [CoverConflict] = []
        for name in team.map({ [$0] }) ?? boards.keys.sorted() {
            conflicts += try await plan(name, boards, timeOff, holidays, range)?.conflicts(in: range) ?? []
        }
        return conflicts
    }

    /// Puts `wish`'s cover, or whom the fair pick names, in the place of somebody who is off, as an override.
    ///
    /// Other teams, the past and addresses are looked at before the transaction; what decides who is on call, in it.
    /// - Throws: ``OnCallError/unknownTeam``, what ``CoverStore`` throws, 503 when incident-management cannot say who somebody is.
    func cover(_ wish: CoverWish, once: Repeatable<Override>?, _ change: Change) async throws -> Performed<Override> {
        let boards = try await schedules.boards(first: OnCallMetrics.mostTeams, at: change.at)
        guard let board = try await board(of: wish.team, boards) else { throw OnCallError.unknownTeam }
        guard let book = await directory.book(of: board.namesWithoutAddress, now: change.at) else { throw CalendarPublisher.Unavailable() }
        let range = wish.range(at: change.at)
        let known = CoverStore.Surroundings(
            book: book, past: try await past(of: wish.team, before: range.lowerBound), elsewhere: Self.elsewhere(wish.team, boards, range))
        return try await covers.cover(wish, known, once: once, change)
    }

    /// Shows before each scrape how many conflicts lie ahead; without the database the figures stay as they were.
    func measure() async {
        do {
            let now = clock.now
            metrics.failing(try await feeds.failing())
            let range = now..<now.addingTimeInterval(Self.ahead)
            let timeOff = try await absences.timeOff(in: range)
            let boards = try await schedules.boards(first: OnCallMetrics.mostTeams, at: now)
            metrics.conflicts(
                boards.mapValues { board in
                    // Who would cover is not asked here, so neither the past nor other teams matter.
                    let shifts = timeOff.isEmpty ? [] : CoverPlan.shifts([board], in: range)
                    let plan = CoverPlan(
                        team: board.schedule.team, roster: [], shifts: shifts, elsewhere: [], timeOff: timeOff, holidays: .none)
                    return plan.conflicts(in: range).count
                })
        } catch {
            logger.warning("conflicts cannot be read", metadata: ["error.message": "\(error)"])
        }
    }

    /// Nil for a team that nothing can be wrong with: nobody of it is off, or it has no schedule.
    private func plan(
        _ team: String, _ boards: [String: Board], _ timeOff: [TimeOff], _ holidays: Holidays, _ range: Range<Date>
    ) async throws -> CoverPlan? {
        guard let board = try await board(of: team, boards) else { return nil }
        let people = board.schedule.members + board.overrides.map(\.member) + board.temporaries.flatMap { $0.shifts.map(\.member) }
        let isConcerned =
            timeOff.contains { off in people.contains { $0.isCalled(off.person) } }
            || holidays.days.contains { day in people.contains { day.isFor($0, of: team) } }
        guard isConcerned else { return nil }
        let past = try await past(of: team, before: range.lowerBound)
        return CoverPlan(
            team: team, roster: board.schedule.members, shifts: past + CoverPlan.shifts([board], in: range),
            elsewhere: Self.elsewhere(team, boards, range), timeOff: timeOff, holidays: holidays)
    }

    private func board(of team: String, _ boards: [String: Board]) async throws -> Board? {
        // More teams than are looked at together, or none of that name.
        if let known = boards[team] { known } else { try await schedules.boards([team], at: clock.now)[team] }
    }

    private func past(of team: String, before start: Date) async throws -> [CoverPlan.Shift] {
        let range = start.addingTimeInterval(-Self.memory)..<start
        return CoverPlan.shifts(try await schedules.boards(team, during: range) ?? [], in: range)
    }

    private static func elsewhere(_ team: String, _ boards: [String: Board], _ range: Range<Date>) -> [CoverPlan.Shift] {
        boards.filter { $0.key != team }.values.flatMap { CoverPlan.shifts([$0], in: range) }
    }
}
