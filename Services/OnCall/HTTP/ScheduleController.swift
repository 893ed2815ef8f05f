import Auth
import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import ServiceKit

/// `/api/v1/schedules`.
struct ScheduleController: Sendable {
    let schedules: ScheduleStore
    let clock: any Clock

    func addRoutes(to routes: Routes) {
        routes.post("/api/v1/schedules", .role(.responder), use: put)
        routes.get("/api/v1/schedules", .role(.viewer), use: list)
        routes.get("/api/v1/schedules/{team}", .role(.viewer), use: find)
        routes.patch("/api/v1/schedules/{team}", .role(.responder), use: edit)
        routes.delete("/api/v1/schedules/{team}", .role(.responder), use: delete)
    }

    @Sendable private func put(request: Request, context: CallContext) async throws -> JSONResponse<ScheduleView> {
        let draft = try ScheduleDraft(body: try await request.jsonBody(context))
        return ScheduleView.response(try await schedules.put(draft, context.change(clock)), status: .created)
    }

    @Sendable private func list(request: Request, context: CallContext) async throws -> JSONResponse<[ScheduleView]> {
        let limit = try request.limit(default: 200, max: 500)
        let page = try await schedules.list(after: try request.query("cursor"), limit: limit)
        var headers: HTTPFields = [:]
        if page.count == limit, let last = page.last?.schedule.team.addingPercentEncoding(withAllowedCharacters: .alphanumerics) {
            headers[.link] = "</api/v1/schedules?limit=\(limit)&cursor=\(last)>; rel=\"next\""
        }
        return JSONResponse(page.map { ScheduleView($0) }, headers: headers)
    }

    @Sendable private func find(request: Request, context: CallContext) async throws -> JSONResponse<ScheduleView> {
        guard let stored = try await schedules.find(try context.parameter("team")) else { throw OnCallError.unknownTeam }
        return ScheduleView.response(stored)
    }

    @Sendable private func edit(request: Request, context: CallContext) async throws -> JSONResponse<ScheduleView> {
        let edit = try ScheduleEdit(body: try await request.jsonBody(context))
        let team = try context.parameter("team")
        return ScheduleView.response(try await schedules.edit(team, edit, ifVersion: try request.ifMatch(), context.change(clock)))
    }

    @Sendable private func delete(request: Request, context: CallContext) async throws -> JSONResponse<StatusView> {
        try await schedules.delete(try context.parameter("team"), context.change(clock))
        return JSONResponse(StatusView(status: "deleted"))
    }
}

/// `{"status": …}` and nothing else.
struct StatusView: Encodable {
    let status: String
}

extension CallContext {
    /// That the caller changes something now.
    func change(_ clock: any Clock) -> Change {
        Change(actor: caller.actor, at: clock.now)
    }
}

extension Request {
    /// The version in `If-Match`; nil when absent or `*`. Throws 412 for a tag that we never gave.
    fileprivate func ifMatch() throws -> Int? {
        guard let tag = headers[.ifMatch], tag != "*" else { return nil }
        guard tag.hasPrefix("\""), tag.hasSuffix("\""), let version = Int(tag.dropFirst().dropLast()) else {
            throw Problem.preconditionFailed
        }
        return version
    }
}
