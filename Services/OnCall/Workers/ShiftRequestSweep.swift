import Contracts
import Foundation
import ServiceKit

/// Ends shift requests whose time has come or whose shifts are not theirs any more, so that nobody answers what is over.
///
/// Nothing depends on it: what is accepted is checked then.
struct ShiftRequestSweep: Worker {
    /// Two full teams; the first to end come first.
    static let batch = 200
    static let interval: Duration = .seconds(60)

    let name = "shift-request-sweep"
    let requests: ShiftRequestStore
    let schedules: ScheduleStore
    let directory: ResponderDirectory

    func tick(now: Date) async throws -> TickReport {
        let open = try await requests.open(limit: Self.batch)
        guard !open.isEmpty else { return .idle }
        let boards = try await schedules.boards(Array(Set(open.map(\.team))), at: now)
        let names = Set(boards.values.flatMap(\.namesWithoutAddress))
        guard let book = await directory.book(of: names, now: now) else { return .idle }
        var handled = 0
        for request in open {
            let holds = boards[request.team].map { request.holds(on: $0, book, at: now) } ?? false
            if request.expiresAt > now, holds { continue }
            let change = Change(actor: "daemon:\(Peer.onCall.rawValue)", at: now)
            if try await requests.settle(request.id, book, change) != nil { handled += 1 }
        }
        return TickReport(handled: handled)
    }
}
