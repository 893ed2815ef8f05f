import Contracts
import Foundation
import Hummingbird
import ServiceKit

/// Stand-ins for the primary.
struct OverrideController: Sendable {
    let overrides: OverrideStore
    let clock: any Clock

    func addRoutes(to routes: Routes) {
        routes.post("/api/v1/oncall/override", .role(.responder), use: set)
        routes.delete("/api/v1/oncall/override/{team}", .role(.responder), use: remove)
        routes.get("/api/v1/oncall/overrides", .role(.viewer), use: list)
    }

    @Sendable private func set(request: Request, context: CallContext) async throws -> JSONResponse<OverrideSetView> {
        let change = context.change(clock)
        let wish = try OverrideWish(body: try await request.jsonBody(context))
        let override = wish.override(from: change.at)
        try await overrides.set(override, team: wish.team, change)
        return JSONResponse(
            OverrideSetView(
                status: "override_set", overrideID: override.id, team: wish.team, expiresAt: override.ends, durationHours: wish.hours
            )
        )
    }

    @Sendable private func remove(request: Request, context: CallContext) async throws -> JSONResponse<StatusView> {
        try await overrides.remove(team: try context.parameter("team"), context.change(clock))
        return JSONResponse(StatusView(status: "override_removed"))
    }

    @Sendable private func list(request: Request, context: CallContext) async throws -> JSONResponse<[OverrideView]> {
        JSONResponse(try await overrides.active(at: clock.now).map { OverrideView($0) })
    }
}

/// The body of `POST /api/v1/oncall/override`.
private struct OverrideWish {
    let team: String
    let hours: Int
    private let name: String
    private let email: String
    private let replaces: String?
    private let reason: String?

    init(body: JSONValue) throws(InvalidFields) {
        var fields = FieldReader(body)
        team = fields.text("team", TeamName.length)
        name = fields.text("user_name", EMail.nameLength)
        email = fields.email("user_email")
        replaces = fields.optionalText("replaces", EMail.nameLength)
        reason = fields.optionalText("reason", 0...1000)
        hours = fields.optionalInteger("duration_hours", 1...Override.longestHours) ?? Override.usualHours
        try fields.finish()
    }

    func override(from now: Date) -> Override {
        Override(
            id: .make(at: now), name: name, email: email, replaces: replaces, reason: reason, starts: now,
            ends: now.addingTimeInterval(Double(hours) * 3600)
        )
    }
}

private struct OverrideSetView: Encodable {
    let status: String
    let overrideID: OverrideID
    let team: String
    let expiresAt: Date
    let durationHours: Int
}

private struct OverrideView: Encodable {
    let overrideID: OverrideID
    let team: String
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
        userName = stored.override.name
        userEmail = stored.override.email
        replaces = stored.override.replaces
        reason = stored.override.reason
        startsAt = stored.override.starts
        expiresAt = stored.override.ends
        createdBy = stored.createdBy
    }
}
