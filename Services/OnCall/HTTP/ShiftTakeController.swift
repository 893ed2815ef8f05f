import Contracts
import Foundation
import Hummingbird
import ServiceKit

/// `POST /api/v1/oncall/take`: the caller goes on call in the place of whoever is.
struct ShiftTakeController: Sendable {
    let takes: ShiftTakeStore
    let schedules: ScheduleStore
    let directory: ResponderDirectory
    let clock: any Clock

    func addRoutes(to routes: Routes) {
        routes.post("/api/v1/oncall/take", .role(.responder), use: take)
    }

    @Sendable private func take(request: Request, context: CallContext) async throws -> RepeatableResponse<TakenShiftView> {
        let change = context.change(clock)
        let body = try await request.jsonBody(context)
        var fields = FieldReader(body)
        let team = fields.text("team", TeamName.length)
        let role = fields.optionalChoice("role", OnCallRole.self) ?? .primary
        let from = fields.optionalTime("from")?.truncatedToMicroseconds
        let until = fields.optionalTime("until")?.truncatedToMicroseconds
        let reason = fields.optionalText("reason", 0...1000)
        fields.checkRange(max(from ?? change.at, change.at), until ?? .distantFuture, "from", "until", now: change.at)
        try fields.finish()
        guard let taker = await directory.responder(context.caller, now: change.at) else { throw ShiftError.accountRequired }
        let wish = ShiftTake(team: team, role: role, taker: taker, from: from, until: until, reason: reason)
        let board = try await schedules.board(team, at: change.at)
        let book = try await directory.book(of: [board], now: change.at)
        let once = try request.repeatable("POST /api/v1/oncall/take", body, context, status: .created) { TakenShiftView($0) }
        return RepeatableResponse(try await takes.take(wish, book, once: once, change), status: .created) { TakenShiftView($0) }
    }
}

private struct TakenShiftView: Encodable {
    struct Replaced: Encodable {
        let overrideID: OverrideID
        let replaces: String
        let startsAt: Date
        let expiresAt: Date
    }

    let status = "shift_taken"
    let team: String
    let role: OnCallRole
    let from: Date
    let until: Date
    let overrides: [Replaced]

    init(_ taken: TakenShift) {
        team = taken.team
        role = taken.role
        from = taken.range.lowerBound
        until = taken.range.upperBound
        overrides = taken.overrides.map {
            Replaced(overrideID: $0.id, replaces: $0.replaces ?? "", startsAt: $0.starts, expiresAt: $0.ends)
        }
    }
}
