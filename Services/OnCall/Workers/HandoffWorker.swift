import Contracts
import Foundation
import Logging
import ServiceKit

/// Tells people of their hand-offs when these are due: reckons, writes down, and leaves the sending to the outbox.
struct HandoffWorker: Worker {
    /// Teams of a tick: some five short statements each.
    static let batch = 20
    /// How often it looks; a notice is this late at most while everything works.
    static let interval = Duration.seconds(5)
    /// When to try again to find out who somebody is, or to read a schedule that cannot be read.
    private static let patience: TimeInterval = 60

    let name = "handoff-notices"
    let store: HandoffStore
    let schedules: ScheduleStore
    let accounts: AccountDirectory
    let logger: Logger

    func tick(now: Date) async throws -> TickReport {
        let due = try await store.due(now: now, limit: Self.batch)
        var handled = 0
        for team in due {
            do {
                handled += try await tell(team, now: now)
            } catch let error as UnreadableSchedule {
                // The first in the order of time would stay the first, and nobody after it would be told anything.
                logger.error(
                    "hand-offs of a team cannot be reckoned", metadata: ["team": "\(team.team)", "error.message": "\(error)"])
                try await store.postpone(team, until: now.addingTimeInterval(Self.patience))
            }
        }
        return TickReport(handled: handled, more: due.count == Self.batch)
    }

    private func tell(_ team: DueHandoffs, now: Date) async throws -> Int {
        let boards = try await schedules.boards(team.team, during: HandoffPlan.range(team.rule, now: now)) ?? []
        let plan = HandoffPlan(team: team.team, boards, team.rule, now: now)
        let handles = plan.due.map(\.member.handle)
        let users = await accounts.users(handles, now: now)
        let pages = plan.due.map { HandoffPage($0, account: users[$0.member.handle], now: now) }
        // Somebody without an address of their own is found when IncidentManagement answers again.
        let isEverybodyFound = await accounts.knownUsers(handles, now: now) != nil
        let nextAt = isEverybodyFound ? plan.nextAt : min(plan.nextAt, now.addingTimeInterval(Self.patience))
        return try await store.record(
            pages.filter(\.message.recipient.isReachable), plan, of: team, nextAt: nextAt, now: now)
    }
}

extension HandoffPage {
    fileprivate init(_ notice: HandoffNotice, account: KnownUser?, now: Date) {
        let recipient = Recipient(
            userID: nil, name: notice.member.name, email: notice.member.email ?? "", role: notice.fact.role.rawValue, reason: "hand_off")
        self.init(
            notice: notice,
            message: PageMessage(
                pageID: .make(at: now), firingID: nil, kind: .notice, incidentID: nil, epoch: nil, recipient: recipient.known(as: account),
                urgency: .low, channels: nil,
                message: PageText(
                    subject: notice.subject, body: notice.body, incidentNumber: nil, severity: nil, service: nil, link: nil),
                expiresAt: max(notice.fact.changeAt, now).addingTimeInterval(HandoffNotice.longestDelay)))
    }
}
