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
    /// - Throws: ``OnCallError/unknownTeam``, 503 when incident-management cannot say who somebody is.
    func conflicts(team: String?, in range: Range<Date>) async throws -> [CoverConflict] {
        let timeOff = try await absences.timeOff(in: range)
        let holidays = try await absences.holidays(in: range)
        let boards = try await schedules.boards(first: OnCallMetrics.mostTeams, at: clock.now)
        var asked = boards
        if let team {
            guard let board = try await board(of: team, boards) else {
                guard try await schedules.find(team) != nil else { throw OnCallError.unknownTeam }
                return []
            }
            asked = [team: board]
        }
        guard !timeOff.isEmpty || !holidays.days.isEmpty else { return [] }
        let book = try await book(of: Array(boards.values) + Array(asked.values), timeOff, holidays)
        var shifts: [String: [CoverPlan.Shift]] = [:]
        await Self.add(asked, to: &shifts, in: range)
        let plans = asked.keys.sorted().map { name in
            CoverPlan(
                team: name, roster: asked[name]?.schedule.members ?? [], shifts: shifts[name] ?? [], timeOff: timeOff, holidays: holidays,
                book: book)
        }
        guard plans.contains(where: { $0.needsCover(in: range) }) else { return plans.flatMap { $0.conflicts(in: range) } }
        await Self.add(boards, to: &shifts, in: range)
        let elsewhere = Engagements(shifts, book)
        var conflicts: [CoverConflict] = []
        for plan in plans {
            let past = plan.needsCover(in: range) ? try await past(of: plan.team, before: range.lowerBound) : []
            conflicts += plan.remembering(past, elsewhere: elsewhere).conflicts(in: range)
        }
        return conflicts
    }

    /// Puts `wish`'s cover, or whom the fair pick names, in the place of somebody who is off, as an override.
    ///
    /// Other teams, the past and addresses are looked at before the transaction; what decides who is on call, in it.
    /// - Throws: ``OnCallError/unknownTeam``, what ``CoverStore`` throws, 503 when incident-management cannot say who somebody is.
    func cover(_ wish: CoverWish, once: Repeatable<Override>?, _ change: Change) async throws -> Performed<Override> {
        let range = wish.range(at: change.at)
        let boards = try await schedules.boards(first: OnCallMetrics.mostTeams, at: change.at)
        guard let board = try await board(of: wish.team, boards) else { throw OnCallError.unknownTeam }
        let book = try await book(
            of: Array(boards.values) + [board], try await absences.timeOff(in: range), try await absences.holidays(in: range),
            [wish.absent, wish.cover ?? wish.absent])
        var shifts: [String: [CoverPlan.Shift]] = [:]
        await Self.add(boards, to: &shifts, in: range)
        let known = CoverStore.Surroundings(
            book: book, past: try await past(of: wish.team, before: range.lowerBound), elsewhere: Engagements(shifts, book))
        return try await covers.cover(wish, known, once: once, change)
    }

    /// Shows before each scrape how many conflicts lie ahead; without the database or accounts the figures stay as they were.
    func measure() async {
        do {
            let now = clock.now
            metrics.failing(try await feeds.failing())
            let range = now..<now.addingTimeInterval(Self.ahead)
            let timeOff = try await absences.timeOff(in: range)
            let boards = try await schedules.boards(first: OnCallMetrics.mostTeams, at: now)
            let book = timeOff.isEmpty ? AddressBook() : try await book(of: Array(boards.values), timeOff, .none)
            metrics.conflicts(
                boards.mapValues { board in
                    // Who would cover is not asked here, so neither the past nor other teams matter.
                    let shifts = timeOff.isEmpty ? [] : CoverPlan.shifts([board], in: range)
                    let plan = CoverPlan(
                        team: board.schedule.team, roster: [], shifts: shifts, timeOff: timeOff, holidays: .none, book: book)
                    return plan.conflicts(in: range).count
                })
        } catch {
            logger.warning("conflicts cannot be read", metadata: ["error.message": "\(error)"])
        }
    }

    /// Whose addresses are behind all these names.
    private func book(
        of boards: [Board], _ timeOff: [TimeOff], _ holidays: Holidays, _ more: [String] = []
    ) async throws -> AddressBook {
        let texts = holidays.people.union(timeOff.map(\.person)).union(more).filter { !EMail.isPlausible($0) }
        let names = boards.reduce(into: texts) { $0.formUnion($1.namesWithoutAddress) }
        guard let book = await directory.book(of: names, now: clock.now) else { throw CalendarPublisher.Unavailable() }
        return book
    }

    /// Reckons each team's shifts once, and lets others have the processor in between: a year of some rotations takes a while.
    private static func add(_ boards: [String: Board], to shifts: inout [String: [CoverPlan.Shift]], in range: Range<Date>) async {
        for (name, board) in boards where shifts[name] == nil {
            shifts[name] = CoverPlan.shifts([board], in: range)
            await Task.yield()
        }
    }

    private func board(of team: String, _ boards: [String: Board]) async throws -> Board? {
        // More teams than are looked at together, or none of that name.
        if let known = boards[team] { known } else { try await schedules.boards([team], at: clock.now)[team] }
    }

    private func past(of team: String, before start: Date) async throws -> [CoverPlan.Shift] {
        let range = start.addingTimeInterval(-Self.memory)..<start
        return CoverPlan.shifts(try await schedules.boards(team, during: range) ?? [], in: range)
    }
}
