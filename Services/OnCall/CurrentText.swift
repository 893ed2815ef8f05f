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

    /// Nil when somebody else may be on call by then.
    func text(at instant: Date) -> String? {
        guard from <= instant, instant < until else { return nil }
        return Self.head(instant) + rest
    }

    private static func head(_ instant: Date) -> String {
        "{\"at\":\"\(instant.rfc3339)\""
    }
}
