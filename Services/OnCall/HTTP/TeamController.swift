import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import ServiceKit

/// Teams, their history, and figures.
struct TeamController: Sendable {
    let teams: TeamStore
    let history: HistoryStore
    let clock: any Clock

    func addRoutes(to routes: Routes) {
        routes.get("/api/v1/teams", .role(.viewer), use: list)
        routes.post("/api/v1/teams", .role(.responder), use: create)
        routes.get("/api/v1/oncall/history", .role(.viewer), use: events)
        routes.get("/api/v1/oncall/stats", .role(.viewer), use: statistics)
    }

    @Sendable private func list(request: Request, context: CallContext) async throws -> JSONResponse<[TeamView]> {
        let summaries = try await teams.list(now: clock.now, limit: try request.limit(default: 500, max: 1000))
        return JSONResponse(summaries.map { TeamView($0) })
    }

    @Sendable private func create(request: Request, context: CallContext) async throws -> RepeatableResponse<TeamView> {
        let body = try await request.jsonBody(context)
        var fields = FieldReader(body)
        let team = fields.text("team", TeamName.length)
        try fields.finish()
        let once = try request.repeatable("POST /api/v1/teams", body, context, status: .created) { TeamView(newTeam: $0) }
        return RepeatableResponse(try await teams.create(team, once: once, context.change(clock)), status: .created) {
            TeamView(newTeam: $0)
        }
    }

    @Sendable private func events(request: Request, context: CallContext) async throws -> JSONResponse<[HistoryView]> {
        let events = try await history.list(team: try request.optionalTeam(), limit: try request.limit(default: 100, max: 1000))
        return JSONResponse(events.map { HistoryView($0) })
    }

    @Sendable private func statistics(request: Request, context: CallContext) async throws -> JSONResponse<OnCallStatistics> {
        JSONResponse(try await teams.statistics(now: clock.now))
    }
}

private struct TeamView: Encodable {
    let team: String
    let membersCount: Int
    let rotationType: OrNull<String>
    let hasOverride: Bool

    init(newTeam team: String) {
        self.init(TeamSummary(team: team, membersCount: 0, rotation: nil, hasLayers: false, hasOverride: false))
    }

    init(_ summary: TeamSummary) {
        team = summary.team
        membersCount = summary.membersCount
        rotationType = OrNull(summary.hasLayers ? RotationType.layers : summary.rotation?.rawValue)
        hasOverride = summary.hasOverride
    }
}

private struct HistoryView: Encodable {
    let eventID: HistoryEventID
    let eventType: HistoryEvent.Kind
    let team: String
    let actor: String
    let timestamp: Date
    let details: [String: String]

    init(_ event: HistoryEvent) {
        eventID = event.id
        eventType = event.kind
        team = event.team
        actor = event.actor
        timestamp = event.at
        details = event.details
    }
}
