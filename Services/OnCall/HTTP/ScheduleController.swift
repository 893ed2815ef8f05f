import Auth
import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import ServiceKit

/// `/api/v1/schedules`.
struct ScheduleController: Sendable {
    let schedules: ScheduleStore
    let unreadable: UnreadableTeams
    let clock: any Clock

    func addRoutes(to routes: Routes) {
        routes.post("/api/v1/schedules", .role(.responder), use: put)
        routes.post("/api/v1/schedules/preview", .role(.viewer), use: preview)
        routes.post("/api/v1/schedules/{team}/preview", .role(.viewer), use: previewEdit)
        routes.get("/api/v1/schedules", .role(.viewer), use: list)
        routes.get("/api/v1/schedules/{team}", .role(.viewer), use: find)
        routes.patch("/api/v1/schedules/{team}", .role(.responder), use: edit)
        routes.delete("/api/v1/schedules/{team}", .role(.responder), use: delete)
    }

    @Sendable private func put(request: Request, context: CallContext) async throws -> RepeatableResponse<ScheduleView> {
        let body = try await request.jsonBody(context)
        let draft = try ScheduleDraft(body: body)
        let once = try request.repeatable("POST /api/v1/schedules", body, context, status: .created) { ScheduleView($0) }
        return RepeatableResponse(try await schedules.put(draft, once: once, context.change(clock)), status: .created) {
            ScheduleView($0)
        } headers: {
            [.eTag: "\"\($0.schedule.version)\""]
        }
    }

    /// Without those that cannot be read here, which one by one are still a 500.
    @Sendable private func list(request: Request, context: CallContext) async throws -> JSONResponse<[ScheduleView]> {
        let limit = try request.limit(default: 200, max: 500)
        let page = try await schedules.list(after: try request.query("cursor"), limit: limit)
        unreadable.note(page.unreadable, readable: Set(page.schedules.map(\.schedule.team)))
        var headers: HTTPFields = [:]
        if let last = page.next?.addingPercentEncoding(withAllowedCharacters: .alphanumerics) {
            headers[.link] = "</api/v1/schedules?limit=\(limit)&cursor=\(last)>; rel=\"next\""
        }
        return JSONResponse(page.schedules.map { ScheduleView($0) }, headers: headers)
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

    /// What saving the body with `POST /api/v1/schedules` would change.
    @Sendable private func preview(request: Request, context: CallContext) async throws -> JSONResponse<PreviewView> {
        let draft = try ScheduleDraft(body: try await request.jsonBody(context))
        let now = clock.now
        let range = try request.range(from: now, usual: SchedulePreview.usual)
        let before = try await schedules.boards([draft.team], at: now)[draft.team]
        let id = before?.schedule.id ?? .make(at: now)
        let after = try draft.schedule(id: id, version: (before?.schedule.version ?? 0) + 1, now: now)
        return JSONResponse(PreviewView(SchedulePreview(team: draft.team, before: before, after: after, range), after))
    }

    /// What `PATCH /api/v1/schedules/{team}` with the body would change.
    @Sendable private func previewEdit(request: Request, context: CallContext) async throws -> JSONResponse<PreviewView> {
        let edit = try ScheduleEdit(body: try await request.jsonBody(context))
        let team = try context.parameter("team")
        let now = clock.now
        let range = try request.range(from: now, usual: SchedulePreview.usual)
        guard let before = try await schedules.boards([team], at: now)[team] else { throw OnCallError.unknownTeam }
        let after = try before.schedule.edited(edit, now: now)
        return JSONResponse(PreviewView(SchedulePreview(team: team, before: before, after: after, range), after))
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
