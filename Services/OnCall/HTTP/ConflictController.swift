import Contracts
import Foundation
import Hummingbird
import ServiceKit

/// `/api/v1/oncall/conflicts`: shifts of people who are not there.
struct ConflictController: Sendable {
    static let path = "/api/v1/oncall/conflicts"

    let desk: ConflictDesk
    let clock: any Clock

    /// A quarter: who wants to swap needs time to ask.
    private static let usualRange: TimeInterval = 92 * 86_400

    func addRoutes(to routes: Routes) {
        routes.get(Self.path, .role(.viewer), use: list)
        routes.post(Self.path + "/cover", .role(.responder), use: cover)
    }

    @Sendable private func list(request: Request, context: CallContext) async throws -> JSONResponse<[ConflictView]> {
        let now = clock.now
        let team = try request.optionalTeam()
        // A year of all teams together would keep the processor from those who ask whom to page.
        let longest = team == nil ? Self.usualRange : Request.longestRange
        let range = try request.range(from: now, usual: Self.usualRange, longest: longest)
        // What is past cannot be covered any more.
        let ahead = max(range.lowerBound, now)..<max(range.upperBound, now)
        return JSONResponse(try await desk.conflicts(team: team, in: ahead).map { ConflictView($0) })
    }

    @Sendable private func cover(request: Request, context: CallContext) async throws -> RepeatableResponse<CoverView> {
        let change = context.change(clock)
        let body = try await request.jsonBody(context)
        var fields = FieldReader(body)
        let team = fields.text("team", TeamName.length)
        let role = fields.optionalChoice("role", OnCallRole.self) ?? .primary
        let absent = fields.text("user", EMail.nameLength)
        let cover = fields.optionalText("cover", EMail.nameLength)
        let starts = fields.optionalTime("starts_at")
        let ends = fields.optionalTime("ends_at")
        if !fields.has("starts_at") { fields.fault("starts_at", "is required") }
        if !fields.has("ends_at") { fields.fault("ends_at", "is required") }
        if let starts, let ends, starts >= ends { fields.fault("ends_at", "must be after starts_at") }
        // What is past of it is none of the override's, and the request may come again when all of it is.
        if let starts, let ends { fields.checkLength(max(starts, change.at), ends, "ends_at") }
        if let starts, starts.timeIntervalSince(change.at) > Override.furthestAhead { fields.fault("starts_at", "must be within a year") }
        try fields.finish()
        guard let starts, let ends else { throw InvalidFields("/starts_at", "is required") }
        let wish = CoverWish(team: team, role: role, absent: absent, starts: starts, ends: ends, cover: cover)
        let once = try request.repeatable("POST \(Self.path)/cover", body, context, status: .created) { CoverView($0, team) }
        return RepeatableResponse(try await desk.cover(wish, once: once, change), status: .created) { CoverView($0, team) }
    }
}

private struct PersonView: Encodable {
    let name: String
    let email: String?

    init(_ member: Member) {
        name = member.name
        email = member.email
    }
}

private struct ConflictView: Encodable {
    let kind: CoverConflict.Kind
    let team: String
    let role: OnCallRole
    let user: PersonView
    let startsAt: Date
    let endsAt: Date
    let holidays: [String]
    let cover: OrNull<PersonView>

    init(_ conflict: CoverConflict) {
        kind = conflict.kind
        team = conflict.team
        role = conflict.role
        user = PersonView(conflict.member)
        startsAt = conflict.span.lowerBound
        endsAt = conflict.span.upperBound
        holidays = conflict.holidays
        cover = OrNull(conflict.cover.map { PersonView($0) })
    }
}

private struct CoverView: Encodable {
    let overrideID: OverrideID
    let team: String
    let role: OnCallRole
    /// Who is replaced.
    let user: String?
    let cover: PersonView
    let startsAt: Date
    let endsAt: Date

    init(_ override: Override, _ team: String) {
        overrideID = override.id
        self.team = team
        role = override.role
        user = override.replaces
        cover = PersonView(override.member)
        startsAt = override.starts
        endsAt = override.ends
    }
}
