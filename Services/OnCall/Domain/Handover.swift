package import Contracts
package import Foundation

/// That somebody takes the place of somebody for some pieces of time.
package struct Handover: Sendable, Hashable {
    /// Nil stands for everybody else who is on call then, unless there is ``absent``.
    package let giver: Responder?
    /// Whoever gives, where only the board knows them.
    package let absent: Member?
    package let taker: Responder
    package let pieces: [Range<Date>]

    package init(giver: Responder?, taker: Responder, pieces: [Range<Date>]) {
        self.giver = giver
        self.taker = taker
        self.pieces = pieces
        absent = nil
    }

    /// Somebody takes the place of a member, who need not have an address.
    package init(absent: Member, taker: Responder, pieces: [Range<Date>]) {
        giver = nil
        self.absent = absent
        self.taker = taker
        self.pieces = pieces
    }
}

extension Board {
    /// When that person can be paged for the role within `range`, neighbouring pieces made one.
    package func pieces(of person: Responder, _ role: OnCallRole, in range: Range<Date>, _ book: AddressBook) -> [Range<Date>] {
        timeline(role, in: range).reduce(into: []) { pieces, span in
            guard span.duty.acting.contains(where: { book.isOf(person, $0.member) }) else { return }
            let end = span.end ?? range.upperBound
            if let last = pieces.last, last.upperBound == span.start {
                pieces[pieces.count - 1] = last.lowerBound..<end
            } else {
                pieces.append(span.start..<end)
            }
        }
    }

    /// The overrides that make all these hand-overs true.
    ///
    /// An override may speak of somebody of whom another speaks already, for a shift that was taken can be taken on: the later one is heeded on top.
    /// So it is not the names that are compared but the outcome: in every piece the taker is on call and whoever gives is not.
    /// - Throws: ``ShiftError/nothingToTake``, ``ShiftError/withoutEffect``.
    package func overrides(
        for handovers: [Handover], _ role: OnCallRole, reason: String?, _ book: AddressBook, now: Date
    ) throws(ShiftError) -> [Override] {
        var made: [Override] = []
        for handover in handovers {
            let found = handover.pieces.flatMap { places(of: handover, role, in: $0, book) }
            guard !found.isEmpty else { throw .nothingToTake }
            let known = everybody.first { book.isOf(handover.taker, $0) }
            for place in found {
                made.append(
                    Override(
                        id: .after(overrides + made, at: now), kind: .replace, role: role, name: known?.name ?? handover.taker.name,
                        email: handover.taker.email, replaces: place.handle, reason: reason, starts: place.time.lowerBound,
                        ends: place.time.upperBound))
            }
        }
        let after = Board(schedule: schedule, overrides: overrides + made, temporaries: temporaries, since: since, until: until)
        guard made.allSatisfy({ after.heeds($0) }) else { throw .withoutEffect }
        return made
    }

    private struct Place {
        let handle: String
        let reason: Duty.Reason
        var time: Range<Date>
    }

    /// Who is to be replaced when, by what the board calls them; neighbours are one only where one thing put the person there, since an override that
    /// begins before another is heeded under it.
    private func places(of handover: Handover, _ role: OnCallRole, in range: Range<Date>, _ book: AddressBook) -> [Place] {
        var places: [Place] = []
        for span in timeline(role, in: range) {
            let end = span.end ?? range.upperBound
            for person in span.duty.acting where !book.isOf(handover.taker, person.member) {
                if let giver = handover.giver, !book.isOf(giver, person.member) { continue }
                if let absent = handover.absent, !absent.isSamePerson(as: person.member) { continue }
                let handle = person.member.handle
                let last = places.lastIndex { $0.handle == handle && $0.reason == person.reason && $0.time.upperBound == span.start }
                if let index = last {
                    places[index].time = places[index].time.lowerBound..<end
                } else {
                    places.append(Place(handle: handle, reason: person.reason, time: span.start..<end))
                }
            }
        }
        return places
    }

    private func heeds(_ override: Override) -> Bool {
        timeline(override.role, in: override.starts..<override.ends).allSatisfy { span in
            span.duty.acting.contains { $0.member.isSamePerson(as: override.member) }
                && !span.duty.acting.contains { $0.member.isCalled(override.replaces ?? "") }
        }
    }
}

extension OverrideID {
    /// Later than those of all these, since overrides of one start are heeded in the order of their ids, which within a millisecond is chance.
    static func after(_ overrides: [Override], at now: Date) -> OverrideID {
        let newest = overrides.map(\.id.millisecond).max() ?? 0
        return .make(at: max(now, Date(timeIntervalSince1970: (Double(newest) + 1.5) / 1000)))
    }

    private var millisecond: UInt64 {
        let bytes = rawValue.uuid
        return [bytes.0, bytes.1, bytes.2, bytes.3, bytes.4, bytes.5].reduce(0) { $0 << 8 | UInt64($1) }
    }
}
