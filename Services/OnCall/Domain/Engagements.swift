import Contracts
import Foundation

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

    /// Whether somebody is on call at some time of `span` in another team.
    func isOnCall(_ member: Member, in span: Range<Date>, besides team: String) -> Bool {
        let own = (book.address(of: member).flatMap { byAddress[$0] } ?? []) + (byName[member.name] ?? [])
        return own.contains { $0.team != team && $0.span.overlaps(span) }
    }
}
