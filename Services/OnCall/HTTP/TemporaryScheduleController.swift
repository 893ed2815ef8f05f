import Contracts
import Foundation
import Hummingbird
import ServiceKit

/// `/api/v1/oncall/temporary-schedules`: for a while everything there is.
struct TemporaryScheduleController: Sendable {
    let temporaries: TemporaryScheduleStore
    let clock: any Clock

    func addRoutes(to routes: Routes) {
        routes.post("/api/v1/oncall/temporary-schedules", .role(.responder), use: make)
        routes.get("/api/v1/oncall/temporary-schedules", .role(.viewer), use: list)
        routes.delete("/api/v1/oncall/temporary-schedules/{id}", .role(.responder), use: remove)
    }

    @Sendable private func make(request: Request, context: CallContext) async throws -> RepeatableResponse<TemporaryView> {
        let change = context.change(clock)
        let body = try await request.jsonBody(context)
        var fields = FieldReader(body)
        let team = fields.text("team", TeamName.length)
        let temporary = fields.temporarySchedule(now: change.at)
        try fields.finish()
        let view = { @Sendable in TemporaryView(StoredTemporarySchedule(team: team, temporary: $0, createdBy: change.actor)) }
        let once = try request.repeatable("POST /api/v1/oncall/temporary-schedules", body, context, status: .created, view: view)
        return RepeatableResponse(try await temporaries.make(temporary, team: team, once: once, change), status: .created, body: view)
    }

    @Sendable private func list(request: Request, context: CallContext) async throws -> JSONResponse<[TemporaryView]> {
        JSONResponse(try await temporaries.list(team: try request.optionalTeam(), at: clock.now).map { TemporaryView($0) })
    }

    @Sendable private func remove(request: Request, context: CallContext) async throws -> JSONResponse<StatusView> {
        guard let id = TemporaryScheduleID(try context.parameter("id")) else { throw OnCallError.noTemporary }
        try await temporaries.remove(id, context.change(clock))
        return JSONResponse(StatusView(status: "temporary_schedule_removed"))
    }
}

extension FieldReader {
    fileprivate mutating func temporarySchedule(now: Date) -> TemporarySchedule {
        let reason = optionalText("reason", 0...1000)
        let starts = max(time(required: "starts_at"), now)
        let ends = time(required: "ends_at")
        if ends <= starts { fault("ends_at", "must be after starts_at and after now") }
        if ends.timeIntervalSince(starts) > TemporarySchedule.longest { fault("ends_at", "must be at most 92 days after the start") }
        if starts.timeIntervalSince(now) > Override.furthestAhead { fault("starts_at", "must be within a year") }
        var shifts: [TemporarySchedule.Shift] = []
        for (index, item) in items("shifts", atMost: TemporarySchedule.mostShifts).enumerated() {
            var fields = FieldReader(item, at: pointer("shifts") + "/\(index)")
            shifts.append(fields.shift())
            absorb(fields.allFaults)
        }
        return TemporarySchedule(id: .make(at: now), reason: reason, starts: starts, ends: ends, shifts: shifts)
    }

    private mutating func shift() -> TemporarySchedule.Shift {
        let name = text("user_name", EMail.nameLength)
        let email = value("user_email") == nil ? nil : email("user_email")
        let role = optionalChoice("role", OnCallRole.self) ?? .primary
        let starts = time(required: "starts_at")
        let ends = time(required: "ends_at")
        if ends <= starts { fault("ends_at", "must be after starts_at") }
        return TemporarySchedule.Shift(member: Member(name: name, email: email, role: role), starts: starts, ends: ends)
    }

    private mutating func time(required key: String) -> Date {
        if value(key) == nil { fault(key, "is required") }
        return optionalTime(key) ?? .distantPast
    }
}

private struct TemporaryView: Encodable {
    struct Shift: Encodable {
        let userName: String
        let userEmail: String?
        let role: OnCallRole
        let startsAt: Date
        let endsAt: Date
    }

    let temporaryScheduleID: TemporaryScheduleID
    let team: String
    let reason: String?
    let startsAt: Date
    let endsAt: Date
    let shifts: [Shift]
    let createdBy: String

    init(_ stored: StoredTemporarySchedule) {
        temporaryScheduleID = stored.temporary.id
        team = stored.team
        reason = stored.temporary.reason
        startsAt = stored.temporary.starts
        endsAt = stored.temporary.ends
        shifts = stored.temporary.shifts.map {
            Shift(userName: $0.member.name, userEmail: $0.member.email, role: $0.member.role, startsAt: $0.starts, endsAt: $0.ends)
        }
        createdBy = stored.createdBy
    }
}
