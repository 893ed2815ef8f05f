import Contracts
import Logging
import ServiceKit

/// Reads before each scrape which teams have a primary on call.
struct Coverage: Sendable {
    let schedules: ScheduleStore
    let metrics: OnCallMetrics
    let clock: any Clock
    let logger: Logger

    /// Without the database the figures stay as they were.
    func measure() async {
        do {
            let now = clock.now
            let boards = try await schedules.boards(first: OnCallMetrics.mostTeams, at: now)
            metrics.current(boards.mapValues { $0.duty(.primary, at: now).duty.member != nil })
        } catch {
            logger.warning("coverage cannot be read", metadata: ["error.message": "\(error)"])
        }
    }
}
