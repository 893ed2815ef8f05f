import Contracts
import Foundation

/// Who is on call over a range, overrides included; spans of a role meet exactly, and one without a name is a gap.
struct TimelineView: Encodable {
    struct Span: Encodable {
        let role: OnCallRole
        let name: OrNull<String>
        let email: String?
        let reason: String
        let start: Date
        let end: Date
    }

    let team: String
    let timeZone: String
    let from: Date
    let to: Date
    let shifts: [Span]

    init(_ board: Board, _ range: Range<Date>) {
        team = board.schedule.team
        timeZone = board.schedule.rotation.zone.name
        from = range.lowerBound
        to = range.upperBound
        shifts = OnCallRole.allCases.flatMap { role in
            board.schedule.timeline(role, in: range, overrides: board.overrides).map { span in
                Span(
                    role: role, name: OrNull(span.duty.member?.name), email: span.duty.member?.email, reason: span.duty.reason,
                    start: span.start, end: span.end ?? range.upperBound
                )
            }
        }
    }
}
