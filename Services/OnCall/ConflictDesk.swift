import Contracts
import Foundation
import Logging
import ServiceKit

/// Finds shifts of people who are not there, and puts somebody in their place.
struct ConflictDesk: Sendable {
    let schedules: ScheduleStore
    let absences: TimeOffStore
    let overrides: OverrideStore
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
    /// What is found here is looked at without the team's lock, so the store looks again whether the cover is free.
    /// - Throws: ``TimeOffError/noConflict`` when the conflict is not as it was, ``TimeOffError/coverBusy``, what overrides throw.
    func cover(_ wish: CoverWish, once: Repeatable<Override>?, _ change: Change) async throws -> Performed<Override> {
        let range = max(wish.starts, change.at)..<max(wish.ends, change.at)
        guard !range.isEmpty else { throw TimeOffError.noConflict }
        let boards = try await schedules.boards(first: OnCallMetrics.mostTeams, at: change.at)
        let plan = try await plan(
            wish.team, boards, try await absences.timeOff(in: range), try await absences.holidays(in: range), range)
        guard let plan else { throw TimeOffError.noConflict }
        let found = plan.conflicts(in: range).first { $0.role == wish.role && $0.member.isCalled(wish.absent) && $0.span == range }
        guard let found else { throw TimeOffError.noConflict }
        let cover = if let name = wish.cover { plan.candidate(called: name) } else { found.cover }
        guard let cover, let email = cover.email, plan.isFree(cover, for: found) else { throw TimeOffError.coverBusy }
        let override = Override(
            id: .make(at: change.at), kind: .replace, role: wish.role, name: cover.name, email: email, replaces: found.member.handle,
            reason: found.kind == .timeOff ? "time off" : "holiday", starts: range.lowerBound, ends: range.upperBound)
        return try await overrides.set(override, team: wish.team, alone: false, free: true, once: once, change)
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
                    let shifts = timeOff.isEmpty ? [] : Self.shifts([board], in: range)
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
        let board: Board?
        if let known = boards[team] { board = known } else { board = try await schedules.boards([team], at: clock.now)[team] }
        guard let board else { return nil }
        let people = board.schedule.members + board.overrides.map(\.member) + board.temporaries.flatMap { $0.shifts.map(\.member) }
        let isConcerned =
            timeOff.contains { off in people.contains { $0.isCalled(off.person) } }
            || holidays.days.contains { day in people.contains { day.isFor($0, of: team) } }
        guard isConcerned else { return nil }
        let whole = range.lowerBound.addingTimeInterval(-Self.memory)..<range.upperBound
        let past = try await schedules.boards(team, during: whole) ?? [board]
        let elsewhere = boards.filter { $0.key != team }.values.flatMap { Self.shifts([$0], in: range) }
        return CoverPlan(
            team: team, roster: board.schedule.members, shifts: Self.shifts(past, in: whole), elsewhere: elsewhere, timeOff: timeOff,
            holidays: holidays)
    }

    private static func shifts(_ boards: [Board], in range: Range<Date>) -> [CoverPlan.Shift] {
        OnCallRole.allCases.flatMap { CoverPlan.shifts(Timeline(boards, $0, in: range), $0) }
    }
}

/// Somebody's wish that a conflict be covered.
struct CoverWish: Sendable {
    let team: String
    let role: OnCallRole
    /// Who is off, by name or e-mail.
    let absent: String
    let starts: Date
    let ends: Date
    /// Who covers, by name or e-mail; nil asks the fair pick.
    let cover: String?
}
