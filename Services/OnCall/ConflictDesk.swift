import Contracts
import Foundation
import Logging
import ServiceKit

/// Finds shifts of people who are not there, and puts somebody in their place.
struct ConflictDesk: Sendable {
    let reader: BoardReader
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

    /// Of all teams together without those whose schedule cannot be read here.
    ///
    /// - Parameter team: nil for all.
    /// - Throws: ``OnCallError/unknownTeam``, ``OnCallError/noSchedule``, ``UnreadableSchedule`` for a named team,
    ///   ``ResponderDirectory/Unavailable``.
    func conflicts(team: String?, in range: Range<Date>) async throws -> [CoverConflict] {
        let now = clock.now
        let timeOff = try await absences.timeOff(in: range)
        let holidays = try await absences.holidays(in: range)
        let boards = try await reader.boards(first: OnCallMetrics.mostTeams, at: now).boards
        var asked = boards
        if let team { asked = [team: try await board(of: team, boards)] }
        guard !timeOff.isEmpty || !holidays.days.isEmpty else { return [] }
        let book = try await directory.book(
            of: Array(boards.values) + Array(asked.values), and: holidays.people.union(timeOff.map(\.person)), now: now)
        let survey = await CoverSurvey(
            asked, in: range, absences: Absences(timeOff, book), holidays: holidays.known(by: book), book)
        guard !survey.teams.isEmpty else { return await survey.conflicts() }
        var past: [String: [CoverPlan.Shift]] = [:]
        for team in survey.teams { past[team] = try await self.past(of: team, before: range.lowerBound) }
        let inactive = await directory.inactive(of: Set(survey.candidates.compactMap(\.email)), now: now)
        return await survey.conflicts(past: past, elsewhere: await survey.elsewhere(boards), inactive: inactive)
    }

    /// Puts `wish`'s cover, or whom the fair pick names, in the place of somebody who is off, as an override.
    ///
    /// Other teams, the past and accounts are looked at before the transaction; what decides who is on call, in it.
    /// - Throws: ``OnCallError/unknownTeam``, what ``CoverStore`` throws, ``ResponderDirectory/Unavailable``.
    func cover(_ wish: CoverWish, once: Repeatable<Override>?, _ change: Change) async throws -> Performed<Override> {
        let range = wish.range(at: change.at)
        var boards = try await reader.boards(first: OnCallMetrics.mostTeams, at: change.at).boards
        let board = try await board(of: wish.team, boards)
        boards[wish.team] = nil
        let roster = board.schedule.members
        let texts = try await absences.timeOff(in: range).map(\.person) + absences.holidays(in: range).people
        let book = try await directory.book(
            of: Array(boards.values) + [board], and: texts + [wish.absent, wish.cover ?? wish.absent],
            checking: Set(roster.compactMap(\.email)), now: change.at)
        let known = CoverStore.Surroundings(
            book: book, past: try await past(of: wish.team, before: range.lowerBound),
            elsewhere: await Engagements(of: roster, on: boards, during: range, book))
        return try await covers.cover(wish, known, once: once, change)
    }

    /// Shows before each scrape how many conflicts lie ahead; without the database or accounts the figures stay as they were.
    func measure() async {
        do {
            let now = clock.now
            metrics.failing(try await feeds.failing())
            let range = now..<now.addingTimeInterval(Self.ahead)
            let timeOff = try await absences.timeOff(in: range)
            let boards = try await reader.boards(first: OnCallMetrics.mostTeams, at: now).boards
            guard !timeOff.isEmpty else { return metrics.conflicts(boards.mapValues { _ in 0 }) }
            let book = try await directory.book(of: boards.values, and: timeOff.map(\.person), now: now)
            // Who would cover is not asked here, so neither the past nor other teams matter.
            metrics.conflicts(await CoverSurvey(boards, in: range, absences: Absences(timeOff, book), holidays: .none, book).counts)
        } catch {
            logger.warning("conflicts cannot be read", metadata: ["error.message": "\(error)"])
        }
    }

    private func board(of team: String, _ boards: [String: Board]) async throws -> Board {
        // More teams than are looked at together, or none that can be covered.
        if let known = boards[team] { known } else { try await reader.schedules.board(team, at: clock.now) }
    }

    /// Nothing where a schedule of that time cannot be read here: the pick is less fair then, and there is one.
    private func past(of team: String, before start: Date) async throws -> [CoverPlan.Shift] {
        let range = start.addingTimeInterval(-Self.memory)..<start
        do {
            return CoverPlan.shifts(try await reader.schedules.boards(team, during: range) ?? [], in: range)
        } catch is UnreadableSchedule {
            return []
        }
    }
}
