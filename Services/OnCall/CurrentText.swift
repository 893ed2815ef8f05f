import Contracts
import Foundation

/// An answer of ``CurrentView`` with the instant left out: all else stays the same until the next change.
struct CurrentText {
    /// As it was for the first who asked.
    let whole: String
    private let rest: Substring
    private let from: Date
    private let until: Date

    init(_ board: Board, at now: Date) throws {
        whole = try WireJSON.encodeText(CurrentView(board, at: now))
        from = now
        // The names of members are sorted, so that the instant comes first; were it otherwise, nothing would be kept.
        let head = Self.head(now)
        let isAsExpected = whole.hasPrefix(head)
        rest = isAsExpected ? whole.dropFirst(head.count) : ""
        let ends = OnCallRole.allCases.compactMap { board.duty($0, at: now).end }
        until = isAsExpected ? ends.min() ?? .distantFuture : now
    }

    /// Whether all but the instant is so at `instant`: not when somebody else may be on call by then.
    func holds(at instant: Date) -> Bool { from <= instant && instant < until }

    /// Nil when somebody else may be on call by then.
    func text(at instant: Date) -> String? { holds(at: instant) ? Self.head(instant) + rest : nil }

    private static func head(_ instant: Date) -> String {
        "{\"at\":\"\(instant.rfc3339)\""
    }
}
