package import Contracts
import Foundation

extension Board {
    /// Nobody takes over who stands in for another role of the team then: by an override, that is. What its layers or a temporary schedule have
    /// counts for nothing, so somebody may be their own second where the team planned it so.
    ///
    /// - Throws: ``ShiftError/inAnotherRole(_:)``.
    package func requireOneRole(_ handovers: [Handover], _ role: OnCallRole, _ book: AddressBook) throws(ShiftError) {
        let planned = Board(schedule: schedule, temporaries: temporaries, since: since, until: until)
        for other in OnCallRole.allCases where other != role {
            for handover in handovers {
                for piece in handover.pieces {
                    let own = planned.pieces(of: handover.taker, other, in: piece, book)
                    guard pieces(of: handover.taker, other, in: piece, book).allSatisfy({ $0.pieces(in: own) == [$0] }) else {
                        throw .inAnotherRole(other)
                    }
                }
            }
        }
    }
}
