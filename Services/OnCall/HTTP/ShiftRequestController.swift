import Contracts
import Foundation
import Hummingbird
import ServiceKit

/// `/api/v1/oncall/shift-requests`: people ask each other to take their shifts.
struct ShiftRequestController: Sendable {
    let requests: ShiftRequestStore
    let schedules: ScheduleStore
    let directory: ResponderDirectory
    let clock: any Clock

    private static let path = "/api/v1/oncall/shift-requests"

    func addRoutes(to routes: Routes) {
        routes.post(Self.path, .role(.responder), use: make)
        routes.get(Self.path, .role(.viewer), use: list)
        routes.get("\(Self.path)/{id}", .role(.viewer), use: find)
        routes.post("\(Self.path)/{id}/accept", .role(.responder), use: accept)
        routes.post("\(Self.path)/{id}/decline", .role(.responder), use: decline)
        routes.post("\(Self.path)/{id}/withdraw", .role(.responder), use: withdraw)
    }

    @Sendable private func make(request: Request, context: CallContext) async throws -> RepeatableResponse<ShiftRequestView> {
        let change = context.change(clock)
        let body = try await request.jsonBody(context)
        let wish = try ShiftRequestWish(body: body, now: change.at)
        guard let asker = await directory.responder(context.caller, now: change.at) else { throw ShiftError.accountRequired }
        let board = try await schedules.board(wish.team, at: change.at)
        let book = try await directory.book(of: [board], now: change.at)
        var recipient: Responder?
        if let handle = wish.recipient {
            recipient = await directory.person(handle, on: board, book, now: change.at)
            guard let recipient else { throw InvalidFields("/recipient", "names nobody we know an address of, or a disabled account") }
            guard !recipient.isSame(as: asker) else { throw InvalidFields("/recipient", "must be somebody else") }
        }
        let view = { @Sendable in ShiftRequestView($0, at: change.at) }
        let once = try request.repeatable("POST \(Self.path)", body, context, status: .created, view: view)
        let draft = wish.draft(asker: asker, recipient: recipient)
        return RepeatableResponse(try await requests.make(draft, book, once: once, change), status: .created, body: view)
    }

    @Sendable private func list(request: Request, context: CallContext) async throws -> JSONResponse<[ShiftRequestView]> {
        let now = clock.now
        let state = try request.query("state").map { text in
            guard let state = ShiftRequest.State(rawValue: text) else {
                throw InvalidFields("/state", "must be one of " + ShiftRequest.State.allCases.map(\.rawValue).joined(separator: ", "))
            }
            return state
        }
        let limit = try request.limit(default: 100, max: 500)
        let found = try await requests.list(team: try request.optionalTeam(), state: state, at: now, limit: limit)
        return JSONResponse(found.map { ShiftRequestView($0, at: now) })
    }

    @Sendable private func find(request: Request, context: CallContext) async throws -> JSONResponse<ShiftRequestView> {
        JSONResponse(ShiftRequestView(try await requests.find(try context.shiftRequest), at: clock.now))
    }

    @Sendable private func accept(request: Request, context: CallContext) async throws -> RepeatableResponse<ShiftRequestView> {
        try await answer(request, context, "accept") { id, caller, book, once, change in
            try await requests.accept(id, by: caller, book, once: once, change)
        }
    }

    @Sendable private func decline(request: Request, context: CallContext) async throws -> RepeatableResponse<ShiftRequestView> {
        try await answer(request, context, "decline") { id, caller, book, once, change in
            try await requests.decline(id, by: caller, book, once: once, change)
        }
    }

    @Sendable private func withdraw(request: Request, context: CallContext) async throws -> RepeatableResponse<ShiftRequestView> {
        try await answer(request, context, "withdraw") { id, caller, book, once, change in
            try await requests.withdraw(id, by: caller, book, once: once, change)
        }
    }

    private typealias Answer =
        (ShiftRequestID, Answerer, AddressBook, Repeatable<ShiftRequest>?, Change) async throws -> Performed<ShiftRequest>

    /// People are looked up before the transaction, which checks again that nobody else is on the board by then.
    private func answer(
        _ request: Request, _ context: CallContext, _ verb: String, _ work: Answer
    ) async throws -> RepeatableResponse<ShiftRequestView> {
        let change = context.change(clock)
        let id = try context.shiftRequest
        let known = try await requests.find(id)
        let caller = await directory.answerer(context.caller, now: change.at)
        let board = try await schedules.boards([known.team], at: change.at)[known.team]
        // Whoever was asked, or asks to swap, may have been disabled since.
        let book = try await directory.book(
            of: [board].compactMap(\.self), checking: Set([known.asker, known.recipient].compactMap { $0?.email }), now: change.at)
        let view = { @Sendable in ShiftRequestView($0, at: change.at) }
        let once = try request.repeatable("POST \(Self.path)/\(id)/\(verb)", .null, context, status: .ok, view: view)
        return RepeatableResponse(try await work(id, caller, book, once, change), body: view)
    }
}

extension CallContext {
    fileprivate var shiftRequest: ShiftRequestID {
        get throws {
            guard let id = ShiftRequestID(try parameter("id")) else { throw ShiftError.unknownRequest }
            return id
        }
    }
}
