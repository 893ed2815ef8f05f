import Auth
import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import ServiceKit

/// `/api/v1/calendars`: a person's own calendars, all of them for an admin. None of these POSTs is answered twice from a record, since the
/// record would keep the secret.
struct CalendarController: Sendable {
    let calendars: CalendarStore
    let directory: ResponderDirectory
    /// Where calendar programs reach this daemon.
    let address: URL
    let clock: any Clock

    func addRoutes(to routes: Routes) {
        routes.post("/api/v1/calendars", .role(.responder), use: make)
        routes.get("/api/v1/calendars", .role(.responder), use: list)
        routes.post("/api/v1/calendars/{id}/regenerate", .role(.responder), use: regenerate)
        routes.delete("/api/v1/calendars/{id}", .role(.responder), use: revoke)
    }

    @Sendable private func make(request: Request, context: CallContext) async throws -> JSONResponse<CalendarView> {
        let change = context.change(clock)
        var fields = FieldReader(try await request.jsonBody(context))
        let team = fields.optionalText("team", TeamName.length)
        let isOwn = fields.optionalBool("me") ?? false
        let role = fields.optionalChoice("role", OnCallRole.self)
        let title = fields.optionalText("title", 1...200)
        let reminders = fields.reminders("reminders")
        if (team == nil) != isOwn { fields.fault("team", "name a team, or say me: true") }
        try fields.finish()
        guard let owner = await directory.responder(context.caller, now: change.at) else { throw ShiftError.accountRequired }
        let feed = ShiftCalendar(
            id: .make(at: change.at), subject: team.map { .team($0) } ?? .person(owner), role: role,
            title: title ?? "On call: \(team ?? owner.name)", reminders: reminders, owner: owner.email.lowercased(), createdAt: change.at)
        let token = APIToken.make(kind: .calendar)
        try await calendars.make(feed, secretDigest: token.digest, change)
        return JSONResponse(CalendarView(feed, token, at: address), status: .created)
    }

    @Sendable private func list(request: Request, context: CallContext) async throws -> JSONResponse<[CalendarView]> {
        let limit = try request.limit(default: 200, max: 1000)
        return JSONResponse(try await calendars.list(owner: try owner(context), limit: limit).map { CalendarView($0) })
    }

    @Sendable private func regenerate(request: Request, context: CallContext) async throws -> JSONResponse<CalendarView> {
        let token = APIToken.make(kind: .calendar)
        let id = try context.calendar
        let feed = try await calendars.renew(id, owner: try owner(context), secretDigest: token.digest, context.change(clock))
        return JSONResponse(CalendarView(feed, token, at: address))
    }

    @Sendable private func revoke(request: Request, context: CallContext) async throws -> JSONResponse<StatusView> {
        try await calendars.revoke(try context.calendar, owner: try owner(context), context.change(clock))
        return JSONResponse(StatusView(status: "calendar_revoked"))
    }

    /// Whose calendars the caller may see and end; nil for everybody's.
    private func owner(_ context: CallContext) throws -> String? {
        if context.caller.role == .admin { return nil }
        guard let email = context.caller.email else { throw ShiftError.accountRequired }
        return email.lowercased()
    }
}

extension CallContext {
    fileprivate var calendar: CalendarID {
        get throws {
            guard let id = CalendarID(try parameter("id")) else { throw CalendarError.unknown }
            return id
        }
    }
}

extension FieldReader {
    /// Minutes before a shift, each once, the longest first.
    fileprivate mutating func reminders(_ key: String) -> [Int] {
        let range = ShiftCalendar.reminderMinutes
        var minutes: Set<Int> = []
        for (index, item) in items(key, atMost: ShiftCalendar.mostReminders).enumerated() {
            if let minute = item.integer, range.contains(minute) {
                minutes.insert(minute)
            } else {
                let detail = "must be a whole number of minutes from \(range.lowerBound) to \(range.upperBound)"
                absorb([FieldFault(pointer: "\(pointer(key))/\(index)", detail: detail)])
            }
        }
        return minutes.sorted(by: >)
    }
}

private struct CalendarView: Encodable {
    let calendarID: CalendarID
    let team: String?
    let userName: String?
    let userEmail: String?
    let role: OnCallRole?
    let title: String
    let reminders: [Int]
    let owner: String
    let createdAt: Date
    /// Only in the answer to its making: nobody can read it again.
    let url: String?

    init(_ feed: ShiftCalendar, _ token: APIToken? = nil, at address: URL? = nil) {
        calendarID = feed.id
        if case .team(let name) = feed.subject { team = name } else { team = nil }
        if case .person(let person) = feed.subject {
            userName = person.name
            userEmail = person.email
        } else {
            userName = nil
            userEmail = nil
        }
        role = feed.role
        title = feed.title
        reminders = feed.reminders
        owner = feed.owner
        createdAt = feed.createdAt
        url = token.flatMap { token in address?.appending(path: "calendars/\(token.text.reveal()).ics").absoluteString }
    }
}
