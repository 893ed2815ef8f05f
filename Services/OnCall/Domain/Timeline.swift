package import Contracts
package import Foundation

/// Who is on call for one role over a range, by whatever was or will be in force, and figures of it.
package struct Timeline: Sendable, Hashable {
    package let range: Range<Date>
    /// They fill the range, in order, each beginning where the one before it ends.
    package let spans: [DutySpan]

    /// - Parameter boards: in the order of their times, none overlapping another; between them the team has no schedule.
    package init(_ boards: [Board], _ role: OnCallRole, in range: Range<Date>) {
        self.range = range
        var spans: [DutySpan] = []
        var instant = range.lowerBound
        for board in boards where board.until > instant && instant < range.upperBound {
            let start = min(max(board.since, instant), range.upperBound)
            if start > instant { spans.append(DutySpan(.nobody(.noSchedule), start: instant, end: start)) }
            let end = min(board.until, range.upperBound)
            if start < end { spans += board.timeline(role, in: start..<end) }
            instant = max(start, end)
        }
        if instant < range.upperBound { spans.append(DutySpan(.nobody(.noSchedule), start: instant, end: range.upperBound)) }
        self.spans = spans
    }

    /// Spans in which nobody can be paged, neighbours made one.
    package var gaps: [DutySpan] {
        var gaps: [DutySpan] = []
        for span in spans where span.duty.absence != nil {
            if let last = gaps.last, last.end == span.start, last.duty.absence == span.duty.absence {
                gaps[gaps.count - 1] = DutySpan(last.duty, start: last.start, end: span.end)
            } else {
                gaps.append(span)
            }
        }
        return gaps
    }

    /// Seconds in which somebody can be paged.
    package var covered: TimeInterval {
        spans.filter { $0.duty.absence == nil }.reduce(0) { $0 + $1.seconds }
    }

    /// The part of the range in which somebody can be paged, 0 to 1.
    package var share: Double {
        covered / range.upperBound.timeIntervalSince(range.lowerBound)
    }

    /// Everybody who can be paged at some time, each as often as it is their turn.
    var acting: [Member] { spans.flatMap(\.duty.acting).map(\.member) }

    /// Seconds on call of everybody who can be paged, by e-mail or name in lower case.
    package var seconds: [String: TimeInterval] { seconds(by: People(acting)) }

    /// Seconds on call of everybody who can be paged, by the keys of `people`; of several at once each counts.
    func seconds(by people: People) -> [String: TimeInterval] {
        var seconds: [String: TimeInterval] = [:]
        for span in spans {
            for person in span.duty.acting { seconds[people.key(of: person.member), default: 0] += span.seconds }
        }
        return seconds
    }
}

extension DutySpan {
    /// How long it is; 0 for one without an end.
    package var seconds: TimeInterval { end.map { $0.timeIntervalSince(start) } ?? 0 }
}
