import Contracts

/// Among whom a shift request is told.
package struct ShiftRequestCircle: Sendable {
    /// The team as it is now; nil without a schedule.
    let board: Board?
    let book: AddressBook
    /// Who brought the news about and knows it; nil for the daemon.
    let actor: Responder?

    package init(board: Board?, book: AddressBook, actor: Responder?) {
        self.board = board
        self.book = book
        self.actor = actor
    }
}

extension ShiftRequest {
    /// Those to tell of the state the request is in: while it is open whoever is asked, at its end the asker and whoever took the shifts or was asked
    /// by name; never who brought it about, and nobody twice.
    ///
    /// A team that was asked hears no end of it: whoever of it wants the shifts sees in the request that they are gone.
    package func notices(in circle: ShiftRequestCircle) -> [ShiftRequestNotice] {
        let people = state == .open ? asked(circle) : [asker] + [decision?.taker ?? recipient].compactMap(\.self)
        var told: Set<String> = circle.actor.map { [$0.email.lowercased()] } ?? []
        let zone = circle.board?.zone(of: role) ?? .utc
        return people.filter { told.insert($0.email.lowercased()).inserted }.map { person in
            ShiftRequestNotice(request: self, recipient: person, zone: zone)
        }
    }

    /// The question as it was put, to find what of it nobody has heard yet.
    package func questions(in circle: ShiftRequestCircle) -> [ShiftRequestNotice] {
        var question = self
        question.state = .open
        question.decision = nil
        return question.notices(in: ShiftRequestCircle(board: circle.board, book: circle.book, actor: asker))
    }

    /// Who was named, or everybody on the team's board who can take a shift and has an address.
    private func asked(_ circle: ShiftRequestCircle) -> [Responder] {
        if let recipient { return [recipient] }
        let others = circle.board?.everybody.filter { !$0.isShadow && !circle.book.isOf(asker, $0) } ?? []
        return others.compactMap { member in circle.book.address(of: member).map { Responder(name: member.name, email: $0) } }
    }
}
