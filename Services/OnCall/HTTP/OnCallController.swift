import Contracts
import Foundation
import Hummingbird
import ServiceKit

/// Who is on call: now, at an instant, over a range.
struct OnCallController: Sendable {
    let schedules: ScheduleStore
    let metrics: OnCallMetrics
    let clock: any Clock

    /// A year of daily shifts is an answer of some 60 kB.
    static let longestTimeline: TimeInterval = 366 * 86_400
    static let usualTimeline: TimeInterval = 14 * 86_400

    func addRoutes(to routes: Routes) {
        routes.get("/api/v1/oncall/current", .role(.viewer), use: current)
        routes.get("/api/v1/oncall/timeline", .role(.viewer), use: timeline)
    }

    @Sendable private func current(request: Request, context: CallContext) async throws -> JSONResponse<CurrentView> {
        let team = try request.team()
        let instant = try request.instant("at") ?? clock.now
        let board = try await schedules.boards([team], at: instant)[team]
        metrics.lookup(board == nil ? nil : team)
        guard let board else { throw OnCallError.unknownTeam }
        return JSONResponse(CurrentView(board, at: instant))
    }

    @Sendable private func timeline(request: Request, context: CallContext) async throws -> JSONResponse<TimelineView> {
        let team = try request.team()
        let from = try request.instant("from") ?? clock.now
        let to = try request.instant("to") ?? from.addingTimeInterval(Self.usualTimeline)
        guard from < to else { throw InvalidFields("/to", "must be after from") }
        guard to.timeIntervalSince(from) <= Self.longestTimeline else { throw InvalidFields("/to", "must be at most 366 days after from") }
        guard let board = try await schedules.boards([team], during: from..<to)[team] else { throw OnCallError.unknownTeam }
        return JSONResponse(TimelineView(board, from..<to))
    }
}
