import Contracts
import Foundation

/// Everybody's time off, found by person, whatever it or the schedule calls them; made once for all teams that are looked at.
package struct Absences: Sendable {
    private let byName: [String: [Range<Date>]]
    private let byAddress: [String: [Range<Date>]]
    private let book: AddressBook

    package init(_ timeOff: [TimeOff], _ book: AddressBook) {
        var byName: [String: [Range<Date>]] = [:]
        var byAddress: [String: [Range<Date>]] = [:]
        for off in timeOff {
            byName[off.person, default: []].append(off.span)
            if let address = book.address(called: off.person) { byAddress[address, default: []].append(off.span) }
        }
        self.byName = byName
        self.byAddress = byAddress
        self.book = book
    }

    func spans(of member: Member) -> [Range<Date>] {
        (byName[member.name] ?? []) + (book.address(of: member).flatMap { byAddress[$0] } ?? [])
    }
}
