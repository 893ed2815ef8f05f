import Auth
import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import ServiceKit

/// Incidents as people and programs see and handle them.
struct IncidentController: Sendable {
    let store: IncidentStore
    let lists: IncidentLists
    let actions: IncidentActions
    let timeline: TimelineStore
    let policies: PolicyStore
    let services: ServiceStore
    let firings: FiringStore
    let barrier: AttemptBarrier
    let metrics: IncidentMetrics
    let clock: any Clock

    func addRoutes(to routes: Routes) {
        routes.post("/api/v1/incidents", .role(.responder), use: declare)
        routes.get("/api/v1/incidents", .role(.viewer), use: list)
        routes.get("/api/v1/incidents/:id", .role(.viewer), use: show)
        routes.patch("/api/v1/incidents/:id", .role(.responder), use: patch)
        routes.delete("/api/v1/incidents/:id", .role(.responder), use: delete)
        for (word, event) in Self.transitions {
            routes.patch("/api/v1/incidents/:id/\(word)", .role(.responder), use: transition(event))
            routes.post("/api/v1/incidents/:id/\(word)", .role(.responder), use: transition(event))
        }
        routes.post("/api/v1/incidents/:id/assignments", .role(.responder), use: assign)
        routes.post("/api/v1/incidents/:id/escalate", .role(.responder), use: escalate)
        routes.post("/api/v1/escalation/trigger/:id", .role(.responder), use: escalate)
        routes.get("/api/v1/incidents/:id/escalation", .role(.viewer), use: showEscalation)
        routes.get("/api/v1/escalation/events", .role(.viewer), use: listEvents)
        routes.post("/api/v1/incidents/:id/comments", .role(.responder), use: comment)
        routes.post("/api/v1/incidents/:id/notes", .role(.responder), use: comment)
        routes.get("/api/v1/incidents/:id/timeline", .role(.viewer), use: showTimeline)
    }

    private static let transitions: [(String, IncidentEvent)] = [
        ("acknowledge", .acknowledge), ("investigate", .investigate), ("resolve", .resolve(note: nil)), ("reopen", .reopen),
        ("unacknowledge", .unacknowledge),
    ]

    func declare(request: Request, context: CallContext) async throws -> JSONResponse<IncidentView> {
        let body = try await request.jsonBody(context)
        let declaration = try IncidentDeclaration(body)
        let now = clock.now
        let team = try await services.teams(of: [declaration.service])[declaration.service]
        let policies = try await policies.active()
        let incident = declaration.incident(
            by: context.caller.actor, policies: policies, team: team, trace: context.trace.parent, at: now)
        let unreadable = policies.choice(for: incident).unreadable
        let key = try request.repeatKey(scope: context.caller.scope, route: "POST /api/v1/incidents", body: body)
        switch try await actions.declare(incident, by: context.caller.actor, once: key, unreadablePolicy: unreadable, at: now) {
        case .declared(let incident):
            metrics.opened(incident)
            incident.logOpening(to: context.logger)
            return JSONResponse(incident.view, status: .created, headers: incident.headers)
        case .replayed(let id):
            let incident = try await store.find(.id(id))
            var headers = incident.headers
            headers[.idempotencyReplayed] = "true"
            return JSONResponse(incident.view, status: .created, headers: headers)
        case .keyReused:
            throw Problem.unprocessable(InvalidFields("", "this Idempotency-Key was used with another body"))
        }
    }

    func show(request: Request, context: CallContext) async throws -> JSONResponse<IncidentView> {
        let incident = try await store.find(try context.incident())
        return JSONResponse(incident.view, headers: incident.headers)
    }

    func patch(request: Request, context: CallContext) async throws -> JSONResponse<IncidentView> {
        let patch = try IncidentPatch(try await request.jsonBody(context))
        var change = IncidentActions.Change(version: try request.ifMatchVersion())
        change.edit = { patch.apply(to: &$0) }
        change.events = { patch.events(from: $0) }
        change.note = patch.notes
        return try await make(change, context)
    }

    func delete(request: Request, context: CallContext) async throws -> Response {
        var change = IncidentActions.Change(version: try request.ifMatchVersion())
        change.events = { _ in [.delete] }
        _ = try await make(change, context)
        return Response(status: .noContent)
    }

    private func transition(_ event: IncidentEvent) -> @Sendable (Request, CallContext) async throws -> JSONResponse<IncidentView> {
        { request, context in
            var change = IncidentActions.Change(version: try request.ifMatchVersion())
            change.note = try await request.optionalNote(context)
            change.events = { _ in [event] }
            return try await make(change, context)
        }
    }

    func assign(request: Request, context: CallContext) async throws -> JSONResponse<IncidentView> {
        var fields = FieldReader(try await request.jsonBody(context))
        var people = fields.texts("assignees", atMost: 20, 1...255)
        if let one = fields.optionalText("assigned_to", 1...255) { people.append(one) }
        if people.isEmpty { fields.fault("assignees", "is required") }
        try fields.finish()
        let assignees = people
        var change = IncidentActions.Change(version: try request.ifMatchVersion())
        change.events = { _ in [.reassign(to: assignees)] }
        return try await make(change, context)
    }

    func comment(request: Request, context: CallContext) async throws -> JSONResponse<TimelineEntry> {
        var fields = FieldReader(try await request.jsonBody(context))
        let note = fields.text("content", 1...TimelineEntry.noteLimit)
        // Clients of older systems name the author; who wrote it is who signed in.
        _ = fields.optionalText("author", 1...255)
        try fields.finish()
        let entry = try await actions.annotate(try context.incident(), note, by: context.caller.actor, at: clock.now)
        return JSONResponse(entry, status: .created)
    }

    func showTimeline(request: Request, context: CallContext) async throws -> JSONResponse<[TimelineEntry]> {
        let incident = try await store.find(try context.incident())
        let limit = try request.limit(default: TimelineStore.pageLimit, max: TimelineStore.pageLimit)
        let cursor = try request.query("cursor").map { text in
            guard let id = Int(text), id >= 0 else { throw Problem.badRequest(code: "bad_cursor", "cursor is not one of ours") }
            return id
        }
        let order = try request.query("order").map { text in
            if let order = TimelineOrder(rawValue: text) { return order }
            throw Problem.badRequest(code: "bad_parameter", "order must be asc or desc.")
        }
        let rows = try await timeline.entries(of: incident.id, in: order ?? .asc, after: cursor, limit: limit)
        var headers = HTTPFields()
        if rows.count == limit, let last = rows.last {
            let way = order.map { "order=\($0.rawValue)&" } ?? ""
            headers[.link] = "</api/v1/incidents/\(incident.id)/timeline?\(way)limit=\(limit)&cursor=\(last.id)>; rel=\"next\""
        }
        return JSONResponse(rows.map(\.entry), headers: headers)
    }

    /// Makes a change; the answer waits until no page granted before it can still begin.
    private func make(_ change: IncidentActions.Change, _ context: CallContext) async throws -> JSONResponse<IncidentView> {
        let now = clock.now
        let (incident, stateChanged) = try await actions.make(change, to: try context.incident(), by: context.caller.actor, at: now)
        if stateChanged {
            metrics.changed(incident)
            try await barrier.wait(for: incident.id, changedAt: now)
        }
        return JSONResponse(incident.view, headers: incident.headers)
    }
}
