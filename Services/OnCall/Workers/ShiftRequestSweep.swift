import Contracts
import Foundation
import ServiceKit

/// Ends shift requests whose time has come or whose shifts are not theirs any more, and so tells whoever it concerns.
///
/// Who accepts or reads a request needs no sweep: both look at the time and the schedule of that moment. Who hears of an end that nobody brought
/// about hears of it by this alone. Requests of a team whose schedule cannot be read here wait for a replica that can.
struct ShiftRequestSweep: Worker {
    /// Two full teams; the first to end come first.
    static let batch = 200
    static let interval: Duration = .seconds(60)

    let name = "shift-request-sweep"
    let requests: ShiftRequestStore
    let reader: BoardReader
    let directory: ResponderDirectory

    func tick(now: Date) async throws -> TickReport {
        let open = try await requests.open(limit: Self.batch)
        guard !open.isEmpty else { return .idle }
        let known = try await reader.boards(Array(Set(open.map(\.team))), at: now)
        let names = Set(known.boards.values.flatMap(\.namesWithoutAddress))
        guard let book = await directory.book(of: names, now: now) else { return .idle }
        var handled = 0
        for request in open where !known.unreadable.contains(request.team) {
            let holds = known.boards[request.team].map { request.holds(on: $0, book, at: now) } ?? false
            if request.expiresAt > now, holds { continue }
            let change = Change(actor: "daemon:\(Peer.onCall.rawValue)", at: now)
            if try await requests.settle(request.id, book, change) != nil { handled += 1 }
        }
        return TickReport(handled: handled)
    }
}
