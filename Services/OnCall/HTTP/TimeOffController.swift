import Auth
import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import ServiceKit

/// `/api/v1/oncall/time-off`: absences that people enter by hand.
struct TimeOffController: Sendable {
    static let path = "/api/v1/oncall/time-off"

    let absences: TimeOffStore
    let index: ShiftIndex
    let directory: ResponderDirectory
    let clock: any Clock

    func addRoutes(to routes: Routes) {
        routes.post(Self.path, .role(.responder), use: add)
        routes.get(Self.path, .role(.viewer), use: list)
        routes.delete(Self.path + "/{id}", .role(.responder), use: remove)
    }

    @Sendable private func add(request: Request, context: CallContext) async throws -> RepeatableResponse<TimeOffView> {
        let change = context.change(clock)
        let body = try await request.jsonBody(context)
        var fields = FieldReader(body)
        let person = fields.text("user", EMail.nameLength).personName
        let reason = fields.optionalText("reason", 0...1000)
        let span = fields.timeOffSpan()
        if let span { fields.check(span, now: change.at) }
        try fields.finish()
        guard let span else { throw InvalidFields("/starts_at", "is required") }
        let entered = EnteredTimeOff(
            id: .make(at: change.at), timeOff: TimeOff(person: person, span: span), reason: reason, createdBy: change.actor)
        let once = try request.repeatable("POST \(Self.path)", body, context, status: .created) { TimeOffView($0) }
        let added = try await absences.add(entered, by: try await aliases(of: person, at: change.at), once: once, change)
        return RepeatableResponse(added, status: .created) { TimeOffView($0) }
    }

    @Sendable private func list(request: Request, context: CallContext) async throws -> JSONResponse<[TimeOffView]> {
        let person = try request.optionalPerson()
        let limit = try request.limit(default: 500, max: 1000)
        let now = clock.now
        let found = try await absences.entered(by: person, at: now, limit: limit)
        guard found.contains(where: { $0.reason != nil }) else { return JSONResponse(found.map { TimeOffView($0) }) }
        let caller = await directory.answerer(context.caller, now: now)
        let names = found.filter { $0.reason != nil }.map(\.timeOff.person).filter { !EMail.isPlausible($0) }
        // Whose names these are nobody says while accounts cannot be looked up, and nobody is told why by a name alone.
        let book = await directory.book(of: names, now: now) ?? AddressBook()
        return JSONResponse(
            found.map { TimeOffView($0, isTheirs: $0.owner.admits(caller, actor: context.caller.actor, book)) })
    }

    @Sendable private func remove(request: Request, context: CallContext) async throws -> HTTPResponse.Status {
        guard let id = TimeOffID(try context.parameter("id")), let owner = try await absences.owner(of: id) else {
            throw TimeOffError.noTimeOff
        }
        let change = context.change(clock)
        try await directory.require(owner, for: context.caller, now: change.at)
        let aliases = try await aliases(of: owner.person ?? "", at: change.at)
        guard try await absences.remove(id, by: aliases, change) else { throw TimeOffError.noTimeOff }
        return .noContent
    }

    /// For the history of every team that knows the person, whatever it calls them.
    private func aliases(of person: String, at now: Date) async throws -> Aliases {
        await directory.aliases(of: person, among: try await index.namesWithoutAddress(), now: now)
    }
}

extension FieldReader {
    fileprivate mutating func check(_ span: Range<Date>, now: Date) {
        if span.upperBound <= now { fault("ends_at", "must be after now") }
        let seconds = span.upperBound.timeIntervalSince(span.lowerBound)
        if seconds > TimeOff.longest { fault("ends_at", "must be at most 731 days after the start") }
        if span.lowerBound.timeIntervalSince(now) > TimeOff.longest { fault("starts_at", "must be within two years") }
    }

    /// `starts_at` and `ends_at`, or whole days: `first_day` to `last_day` in a `time_zone`; nil where a fault was noted.
    fileprivate mutating func timeOffSpan() -> Range<Date>? {
        let starts = optionalTime("starts_at")
        let ends = optionalTime("ends_at")
        let first = optionalDay("first_day")
        let last = optionalDay("last_day")
        let zone = optionalZone("time_zone")
        if has("first_day") {
            if starts != nil || ends != nil { fault("first_day", "cannot be given together with starts_at or ends_at") }
            guard let first, first <= last ?? first else {
                if allFaults.isEmpty { fault("last_day", "must not be before first_day") }
                return nil
            }
            return (zone ?? .utc).span(of: first..<(last ?? first).adding(days: 1))
        }
        if !has("starts_at") { fault("starts_at", "is required, or first_day") }
        if !has("ends_at") { fault("ends_at", "is required") }
        guard let starts, let ends, starts < ends else {
            if starts != nil, ends != nil { fault("ends_at", "must be after starts_at") }
            return nil
        }
        return starts..<ends
    }

    private mutating func optionalDay(_ key: String) -> LocalDate? {
        guard let value = value(key) else { return nil }
        guard let date = value.string.flatMap({ LocalDate($0) }) else {
            fault(key, "must be a date such as 2026-12-24")
            return nil
        }
        return date
    }
}

struct TimeOffView: Encodable {
    let timeOffID: TimeOffID
    let user: String
    let startsAt: Date
    let endsAt: Date
    /// Told to those it concerns only.
    let reason: String?
    let createdBy: String

    init(_ entered: EnteredTimeOff, isTheirs: Bool = true) {
        timeOffID = entered.id
        user = entered.timeOff.person
        startsAt = entered.timeOff.span.lowerBound
        endsAt = entered.timeOff.span.upperBound
        reason = isTheirs ? entered.reason : nil
        createdBy = entered.createdBy
    }
}
