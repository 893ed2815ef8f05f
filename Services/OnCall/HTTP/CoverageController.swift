import Contracts
import Foundation
import Hummingbird
import ServiceKit

/// `/api/v1/oncall/coverage`: gaps ahead, and how good the schedule is.
struct CoverageController: Sendable {
    let schedules: ScheduleStore
    let clock: any Clock

    func addRoutes(to routes: Routes) {
        routes.get("/api/v1/oncall/coverage", .role(.viewer), use: coverage)
    }

    @Sendable private func coverage(request: Request, context: CallContext) async throws -> JSONResponse<CoverageView> {
        let team = try request.team()
        let range = try request.range(from: clock.now, usual: CoverageReport.usual)
        guard let boards = try await schedules.boards(team, during: CoverageReport.reach(of: range)) else { throw OnCallError.unknownTeam }
        let zone = boards.last?.schedule.timeZone ?? Zone.utc.name
        return JSONResponse(CoverageView(team, CoverageReport(boards, in: range), timeZone: zone))
    }
}
