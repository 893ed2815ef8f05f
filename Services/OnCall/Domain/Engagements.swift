import Contracts
package import Foundation

/// When people are on call in which team, found by person: reckoned once, whoever is asked about.
package struct Engagements: Sendable {
    private struct Engagement: Sendable {
        let team: String
        let span: Range<Date>
    }

    private var byAddress: [String: [Engagement]] = [:]
    /// Of those whose address nobody knows.
    private var byName: [String: [Engagement]] = [:]
    private let book: AddressBook

    /// - Parameter shifts: by team.
    package init(_ shifts: [String: [CoverPlan.Shift]] = [:], _ book: AddressBook = AddressBook()) {
        self.book = book
        for (team, shifts) in shifts {
            for shift in shifts where !shift.member.isShadow {
                let engagement = Engagement(team: team, span: shift.span)
                if let address = book.address(of: shift.member) {
                    byAddress[address, default: []].append(engagement)
                } else {
                    byName[shift.member.name, default: []].append(engagement)
                }
            }
        }
    }

    /// When any of these people is on call in those teams during `span`: only teams that name one of them are reckoned, and others have the processor
    /// between two.
    ///
    /// - Parameter known: shifts that are reckoned already, by team.
    package init(
        of people: [Member], on boards: [String: Board], during span: Range<Date>, known: [String: [CoverPlan.Shift]] = [:],
        _ book: AddressBook
    ) async {
        let addresses = Set(people.compactMap { book.address(of: $0) })
        let names = Set(people.map(\.name))
        let isOne = { (member: Member) in book.address(of: member).map { addresses.contains($0) } ?? names.contains(member.name) }
        var shifts = known
        for (team, board) in boards where shifts[team] == nil && board.everybody.contains(where: isOne) {
            shifts[team] = CoverPlan.shifts([board], in: span)
            await Task.yield()
        }
        self.init(shifts, book)
    }

    /// Whether somebody is on call at some time of `span` in another team.
    func isOnCall(_ member: Member, in span: Range<Date>, besides team: String) -> Bool {
        let own = (book.address(of: member).flatMap { byAddress[$0] } ?? []) + (byName[member.name] ?? [])
        return own.contains { $0.team != team && $0.span.overlaps(span) }
    }
}
