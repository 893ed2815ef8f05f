import Contracts
package import Foundation

/// Who bore how much of a team's on-call time: by what was in force for the past, by what is planned for the rest.
///
/// A person's total counts each instant once, also of somebody on call in both roles; shadows bear nothing. Local days and nights are those of
/// the zone of the layer that put the person on call; for overrides and temporary schedules, of the role's first layer.
package struct FairnessLedger: Sendable, Hashable {
    package struct Terms: Sendable, Hashable {
        package let night: DutyHours.Night
        package let holidays: Holidays

        package init(night: DutyHours.Night, holidays: Holidays = .none) {
            self.night = night
            self.holidays = holidays
        }
    }

    package struct Entry: Sendable, Hashable {
        package let name: String
        package let email: String?
        package fileprivate(set) var hours = DutyHours()
        /// Seconds of ``hours`` that lie ahead, and may still change.
        package fileprivate(set) var planned: TimeInterval = 0
        package fileprivate(set) var primary: TimeInterval = 0
        package fileprivate(set) var secondary: TimeInterval = 0
        package fileprivate(set) var pages = 0

        fileprivate init(name: String, email: String?) {
            self.name = name
            self.email = email
        }
    }

    package let range: Range<Date>
    /// By name.
    package let entries: [Entry]

    /// - Parameters:
    ///   - boards: in the order of their times, none overlapping another.
    ///   - pages: of the range; those of answers for several teams count for whoever was on call for this one.
    ///   - now: what lies before it is history.
    package init(_ boards: [Board], in range: Range<Date>, terms: Terms, pages: [PageTally] = [], now: Date) {
        var entries: [String: Entry] = [:]
        let team = boards.first?.schedule.team ?? ""
        let found = Self.pieces(boards, range)
        let people = People(found.map(\.member))
        for (key, pieces) in Self.shifts(found, people) {
            guard let first = pieces.first(where: { $0.member.email != nil }) ?? pieces.first else { continue }
            var entry = Entry(name: first.member.name, email: first.member.email)
            entry.primary = Self.apart(pieces.filter { $0.role == .primary }).reduce(0) { $0 + $1.seconds }
            entry.secondary = Self.apart(pieces.filter { $0.role == .secondary }).reduce(0) { $0 + $1.seconds }
            for piece in Self.apart(pieces) {
                entry.hours.add(piece.start..<piece.end, piece.zone, night: terms.night) {
                    terms.holidays.contains($0, of: piece.member, in: team)
                }
                entry.planned += max(0, piece.end.timeIntervalSince(max(piece.start, now)))
            }
            entries[key] = entry
        }
        for tally in pages where tally.sharedAt.map({ tally.isOnCall(by: boards, at: $0) }) ?? true {
            entries[tally.key(in: entries, people), default: Entry(name: tally.name, email: tally.email.isEmpty ? nil : tally.email)]
                .pages += tally.count
        }
        self.range = range
        self.entries = entries.sorted { ($0.value.name, $0.key) < ($1.value.name, $1.key) }.map(\.value)
    }

    fileprivate struct Piece {
        let member: Member
        let role: OnCallRole
        let zone: Zone
        var start: Date
        var end: Date

        var seconds: TimeInterval { end.timeIntervalSince(start) }
    }

    /// Everybody's time by role, each role in the order of its time.
    private static func pieces(_ boards: [Board], _ range: Range<Date>) -> [Piece] {
        var pieces: [Piece] = []
        for board in boards {
            let start = max(board.since, range.lowerBound)
            let end = min(board.until, range.upperBound)
            guard start < end else { continue }
            for role in OnCallRole.allCases {
                for span in board.timeline(role, in: start..<end) {
                    for person in span.duty.acting {
                        pieces.append(
                            Piece(
                                member: person.member, role: role, zone: board.zone(of: person, role), start: span.start,
                                end: span.end ?? end))
                    }
                }
            }
        }
        return pieces
    }

    /// Each person's pieces, whole shifts made of what meets.
    private static func shifts(_ pieces: [Piece], _ people: People) -> [String: [Piece]] {
        pieces.reduce(into: [:]) { $0[people.key(of: $1.member), default: []].append(joining: $1) }
    }

    /// The same time without overlaps: an instant belongs to the piece that began first, of two that began together to the primary's.
    private static func apart(_ pieces: [Piece]) -> [Piece] {
        let sorted = pieces.sorted { ($0.start, $0.role == .primary ? 0 : 1) < ($1.start, $1.role == .primary ? 0 : 1) }
        var reached = Date.distantPast
        return sorted.compactMap { piece in
            var piece = piece
            piece.start = max(piece.start, reached)
            reached = max(reached, piece.end)
            return piece.start < piece.end ? piece : nil
        }
    }
}

extension [FairnessLedger.Piece] {
    fileprivate mutating func append(joining piece: FairnessLedger.Piece) {
        if let last, last.role == piece.role, last.zone == piece.zone, last.end == piece.start {
            self[count - 1].end = piece.end
        } else {
            append(piece)
        }
    }
}

extension Board {
    /// Whose wall clock the duty goes by.
    fileprivate func zone(of person: Duty.Assignment, _ role: OnCallRole) -> Zone {
        let layers = schedule.layers.filter { $0.role == role }
        let own = person.reason.layer.flatMap { name in layers.last { $0.name == name } }
        return (own ?? layers.first ?? schedule.layers.first)?.zone ?? .utc
    }
}

extension PageTally {
    /// Members are known by e-mail, or by name when they have none; accounts add addresses to the latter.
    fileprivate func key(in entries: [String: FairnessLedger.Entry], _ people: People) -> String {
        if !email.isEmpty, entries[email.lowercased()] != nil { return email.lowercased() }
        if let entry = entries[name.lowercased()], entry.email == nil { return name.lowercased() }
        return people.key(of: Member(name: name, email: email.isEmpty ? nil : email, role: .primary))
    }

    fileprivate func isOnCall(by boards: [Board], at instant: Date) -> Bool {
        guard let board = boards.first(where: { $0.since <= instant && instant < $0.until }) else { return false }
        return OnCallRole.allCases.contains { role in
            board.duty(role, at: instant).duty.acting.contains { $0.member.isCalled(name) || (!email.isEmpty && $0.member.isCalled(email)) }
        }
    }
}
