import Contracts
import Foundation
import Hummingbird
import ServiceKit

/// What lies on top of the layers for a while, one person at a time.
struct OverrideController: Sendable {
    let overrides: OverrideStore
    let clock: any Clock

    func addRoutes(to routes: Routes) {
        routes.post("/api/v1/oncall/override", .role(.responder), use: set)
        routes.delete("/api/v1/oncall/override/{team}", .role(.responder), use: remove)
        routes.get("/api/v1/oncall/overrides", .role(.viewer), use: list)
        routes.delete("/api/v1/oncall/overrides/{id}", .role(.responder), use: removeOne)
    }

    @Sendable private func set(request: Request, context: CallContext) async throws -> RepeatableResponse<OverrideSetView> {
        let change = context.change(clock)
        let body = try await request.jsonBody(context)
        let wish = try OverrideWish(body: body, now: change.at)
        let once = try request.repeatable("POST /api/v1/oncall/override", body, context, status: .ok) { OverrideSetView($0, wish.team) }
        let performed = try await overrides.set(wish.override, team: wish.team, alone: wish.isAlone, once: once, change)
        return RepeatableResponse(performed) { OverrideSetView($0, wish.team) }
    }

    @Sendable private func remove(request: Request, context: CallContext) async throws -> JSONResponse<StatusView> {
        try await overrides.remove(team: try context.parameter("team"), context.change(clock))
        return JSONResponse(StatusView(status: "override_removed"))
    }

    @Sendable private func removeOne(request: Request, context: CallContext) async throws -> JSONResponse<StatusView> {
        guard let id = OverrideID(try context.parameter("id")) else { throw OnCallError.noOverride }
        try await overrides.remove(id, context.change(clock))
        return JSONResponse(StatusView(status: "override_removed"))
    }

    @Sendable private func list(request: Request, context: CallContext) async throws -> JSONResponse<[OverrideView]> {
        let stored = try await overrides.active(at: clock.now, planned: try request.flag("planned"))
        let team = try request.optionalTeam()
        return JSONResponse(stored.filter { team == nil || $0.team == team }.map { OverrideView($0) })
    }
}

/// The body of `POST /api/v1/oncall/override`.
private struct OverrideWish {
    let team: String
    let override: Override
    /// A body without kind, begin and end means "now, in the place of whoever stands in".
    let isAlone: Bool

    init(body: JSONValue, now: Date) throws(InvalidFields) {
        var fields = FieldReader(body)
        team = fields.text("team", TeamName.length)
        let name = fields.text("user_name", EMail.nameLength)
        let email = fields.email("user_email")
        let kind = fields.optionalChoice("kind", Override.Kind.self)
        let role = fields.optionalChoice("role", OnCallRole.self) ?? .primary
        let replaces = fields.optionalText("replaces", EMail.nameLength)
        let reason = fields.optionalText("reason", 0...1000)
        let hours = fields.optionalInteger("duration_hours", 1...Override.longestHours)
        let starts = fields.optionalTime("starts_at")
        let ends = fields.optionalTime("ends_at")
        if kind == .replace, replaces == nil { fields.fault("replaces", "is required to replace somebody") }
        if let kind, kind != .replace, replaces != nil { fields.fault("replaces", "is for the kind replace only") }
        if hours != nil, ends != nil { fields.fault("duration_hours", "cannot be given together with ends_at") }
        // What lies in the past cannot be changed any more.
        let begin = max(starts ?? now, now)
        let end = ends ?? begin.addingTimeInterval(Double(hours ?? Override.usualHours) * 3600)
        if end <= begin { fields.fault("ends_at", "must be after starts_at and after now") }
        if end.timeIntervalSince(begin) > Double(Override.longestHours) * 3600 {
            fields.fault("ends_at", "must be at most \(Override.longestHours) hours after the start")
        }
        if begin.timeIntervalSince(now) > Override.furthestAhead { fields.fault("starts_at", "must be within a year") }
        try fields.finish()
        isAlone = kind == nil && starts == nil && ends == nil
        override = Override(
            id: .make(at: now), kind: kind, role: role, name: name, email: email, replaces: replaces, reason: reason, starts: begin,
            ends: end
        )
    }
}

private struct OverrideSetView: Encodable {
    let status: String
    let overrideID: OverrideID
    let team: String
    let kind: Override.Kind
    let role: OnCallRole
    let startsAt: Date
    let expiresAt: Date
    let durationHours: Double

    init(_ override: Override, _ team: String) {
        status = "override_set"
        overrideID = override.id
        self.team = team
        kind = override.kind
        role = override.role
        startsAt = override.starts
        expiresAt = override.ends
        durationHours = override.ends.timeIntervalSince(override.starts) / 3600
    }
}

private struct OverrideView: Encodable {
    let overrideID: OverrideID
    let team: String
    let kind: Override.Kind
    let role: OnCallRole
    let userName: String
    let userEmail: String
    let replaces: String?
    let reason: String?
    let startsAt: Date
    let expiresAt: Date
    let createdBy: String

    init(_ stored: StoredOverride) {
        overrideID = stored.override.id
        team = stored.team
        kind = stored.override.kind
        role = stored.override.role
        userName = stored.override.name
        userEmail = stored.override.email
        replaces = stored.override.replaces
        reason = stored.override.reason
        startsAt = stored.override.starts
        expiresAt = stored.override.ends
        createdBy = stored.createdBy
    }
}
