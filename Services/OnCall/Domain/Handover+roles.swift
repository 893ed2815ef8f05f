package import Contracts
import Foundation

extension Board {
    /// Nobody becomes their own second: whoever takes over must not be on call for another role of the team then, unless its layers or a temporary
    /// schedule have it so.
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
