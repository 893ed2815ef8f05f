import Contracts
import Foundation
import Hummingbird
import ServiceKit

/// Who is on call: now, at an instant, over a range.
struct OnCallController: Sendable {
    let schedules: ScheduleStore
    let memory: OnCallMemory
    let metrics: OnCallMetrics
    let clock: any Clock

    static let usualTimeline: TimeInterval = 14 * 86_400
    /// Answered by ``CurrentDoor`` too.
    static let currentPath = "/api/v1/oncall/current"
    static let currentAccess = Access.role(.viewer)

    func addRoutes(to routes: Routes) {
        routes.get(Self.currentPath, Self.currentAccess, use: current)
        routes.get("/api/v1/oncall/timeline", .role(.viewer), use: timeline)
    }

    @Sendable private func current(request: Request, context: CallContext) async throws -> Response {
        let team = try request.team()
        let now = clock.now
        do {
            let text = try await answer(team, at: try request.instant("at"), now: now)
            metrics.lookup(team)
            return Response(
                status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        } catch let error as OnCallError {
            metrics.lookup(nil)
            throw error
        }
    }

    /// The past is answered by what was in force then, now and the future by what is in force now; now from memory.
    private func answer(_ team: String, at asked: Date?, now: Date) async throws -> String {
        guard let asked else { return try await memory.current(team, at: now) }
        let board = try await asked < now ? schedules.board(team, asOf: asked) : memory.boards([team], at: now)[team]
        guard let board else { throw OnCallError.unknownTeam }
        return try WireJSON.encodeText(CurrentView(board, at: asked))
    }

    @Sendable private func timeline(request: Request, context: CallContext) async throws -> JSONResponse<TimelineView> {
        let team = try request.team()
        let range = try request.range(from: clock.now, usual: Self.usualTimeline)
        let withLayers = try request.flag("layers")
        guard let boards = try await schedules.boards(team, during: range) else { throw OnCallError.unknownTeam }
        return JSONResponse(TimelineView(team, boards, range, withLayers: withLayers))
    }
}

extension Request {
    /// A parameter that is `true` or `false`, the latter when absent.
    ///
    /// - Throws: ``InvalidFields`` (422) for anything else.
    func flag(_ name: String) throws -> Bool {
        switch try query(name) {
        case nil, "false": false
        case "true": true
        default: throw InvalidFields("/\(name)", "must be true or false")
        }
    }
}
