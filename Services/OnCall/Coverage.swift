import Contracts
import Foundation
import Logging
import ServiceKit

/// Reads before each scrape which teams have a primary on call, and how many of those on call now no page could reach.
struct Coverage: Sendable {
    let reader: BoardReader
    let accounts: AccountDirectory
    let metrics: OnCallMetrics
    let clock: any Clock
    let logger: Logger

    /// Far enough ahead to find somebody.
    private static let ahead: TimeInterval = 7 * 86_400

    /// Without the database the figures stay as they were; without IncidentManagement those of reachability do.
    func measure() async {
        do {
            let now = clock.now
            let known = try await reader.boards(first: OnCallMetrics.mostTeams, at: now)
            let boards = known.boards
            let covered = boards.mapValues { $0.duty(.primary, at: now).duty.member != nil }
            // Whom this replica cannot name it cannot have paged: an alarm, and no silence.
            metrics.current(covered.merging(known.unreadable.map { ($0, false) }) { known, _ in known })
            let week = now..<now.addingTimeInterval(Self.ahead)
            metrics.gapAhead(boards.mapValues { Self.ahead - Timeline([$0], .primary, in: week).covered })
            if let unreachable = await unreachable(boards, now: now) { metrics.unreachable(unreachable) }
        } catch {
            logger.warning("coverage cannot be read", metadata: ["error.message": "\(error)"])
        }
    }

    private func unreachable(_ boards: [String: Board], now: Date) async -> [String: Int]? {
        let onDuty = boards.mapValues { board in
            EscalationResolver(boards: ["": board]).answer(OnCallRole.allCases.map { .onCall(team: "", role: $0) }, at: now).recipients
        }
        guard let users = await accounts.knownUsers(onDuty.values.flatMap { $0.map(\.handle) }, now: now) else { return nil }
        return onDuty.mapValues { people in people.filter { !$0.known(as: users[$0.handle]).isReachable }.count }
    }
}
