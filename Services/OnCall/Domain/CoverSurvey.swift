package import Foundation

/// Looks through the plans of teams, one or two hundred, for shifts of people who are not there.
///
/// Each team's shifts are reckoned once, and others have the processor between two teams: a year of some rotations takes a while.
package struct CoverSurvey: Sendable {
    private let range: Range<Date>
    private let plans: [CoverPlan]
    private let shifts: [String: [CoverPlan.Shift]]
    /// Of each team for which somebody has to be found.
    private let open: [String: Range<Date>]
    private let book: AddressBook

    /// - Parameters:
    ///   - boards: of the teams that are asked about.
    ///   - holidays: known by the same book.
    package init(
        _ boards: [String: Board], in range: Range<Date>, absences: Absences, holidays: Holidays, _ book: AddressBook = AddressBook()
    ) async {
        var plans: [CoverPlan] = []
        var shifts: [String: [CoverPlan.Shift]] = [:]
        var open: [String: Range<Date>] = [:]
        for (team, board) in boards.sorted(by: { $0.key < $1.key }) {
            let own = CoverPlan.shifts([board], in: range)
            let plan = CoverPlan(
                team: team, roster: board.schedule.members, shifts: own, absences: absences, holidays: holidays, book: book)
            shifts[team] = own
            open[team] = plan.open(in: range)
            plans.append(plan)
            await Task.yield()
        }
        self.range = range
        self.plans = plans
        self.shifts = shifts
        self.open = open
        self.book = book
    }

    /// Teams for which somebody has to be found: what was before matters there.
    package var teams: [String] { open.keys.sorted() }

    /// Those of whom somebody has to be found.
    package var candidates: [Member] { plans.filter { open[$0.team] != nil }.flatMap(\.candidates) }

    /// When they are on call in other teams too.
    package func elsewhere(_ boards: [String: Board]) async -> Engagements {
        guard let first = open.values.map(\.lowerBound).min(), let last = open.values.map(\.upperBound).max() else { return Engagements() }
        return await Engagements(of: candidates, on: boards, during: first..<last, known: shifts, book)
    }

    /// In the order of teams and times.
    ///
    /// - Parameters:
    ///   - past: of ``teams``, before the range.
    ///   - inactive: addresses of ``candidates`` whose accounts are disabled.
    package func conflicts(
        past: [String: [CoverPlan.Shift]] = [:], elsewhere: Engagements = Engagements(), inactive: Set<String> = []
    ) async -> [CoverConflict] {
        var conflicts: [CoverConflict] = []
        for plan in plans {
            conflicts += plan.remembering(past[plan.team] ?? [], elsewhere: elsewhere, inactive: inactive).conflicts(in: range)
            await Task.yield()
        }
        return conflicts
    }

    /// How many conflicts each team has.
    package var counts: [String: Int] { Dictionary(uniqueKeysWithValues: plans.map { ($0.team, $0.count(in: range)) }) }
}
