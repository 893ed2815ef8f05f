import Auth
import Calendars
import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import ServiceClients
import ServiceKit

/// `/api/v1/oncall/calendar-feeds`: calendars that say who is off, by URL or uploaded.
struct CalendarFeedController: Sendable {
    static let path = "/api/v1/oncall/calendar-feeds"

    let feeds: CalendarFeedStore
    let reader: BoardReader
    let directory: ResponderDirectory
    let lister: CalendarLister
    let keys: SealingKeyRing?
    let egress: EgressGuard
    let bell: Doorbell
    let clock: any Clock

    func addRoutes(to routes: Routes) {
        routes.post(Self.path, .role(.responder), use: add)
        routes.get(Self.path, .role(.viewer), use: list)
        routes.delete(Self.path + "/{id}", .role(.responder), use: remove)
    }

    @Sendable private func add(request: Request, context: CallContext) async throws -> RepeatableResponse<CalendarFeedView> {
        let type = request.headers[.contentType]?.prefix { $0 != ";" }.lowercased()
        return type == "text/calendar" ? try await upload(request, context) : try await subscribe(request, context)
    }

    /// The intent is recorded here; the worker reads.
    private func subscribe(_ request: Request, _ context: CallContext) async throws -> RepeatableResponse<CalendarFeedView> {
        let change = context.change(clock)
        let body = try await request.jsonBody(context)
        var fields = FieldReader(body)
        let url = fields.text("url", 1...EgressURL.sizeLimit)
        let wish = fields.feedWish()
        try fields.finish()
        let (secret, host) = try checked(url)
        guard let keys else { throw TimeOffError.noSecretsKey }
        let feed = feed(wish, in: try await zone(of: wish), host: host, change)
        let sealed = try keys.seal(secret, for: .url(of: feed.id))
        let once = try request.repeatable("POST \(Self.path)", body, context, status: .created) { CalendarFeedView($0) }
        let performed = try await feeds.add(feed, url: sealed, nextReadAt: change.at, once: once)
        bell.ring()
        return RepeatableResponse(performed, status: .created) { CalendarFeedView($0) }
    }

    private func upload(_ request: Request, _ context: CallContext) async throws -> RepeatableResponse<CalendarFeedView> {
        let change = context.change(clock)
        let text = try await request.rawBody(context, limit: CalendarLimits.bytes)
        let wish = try request.feedWish()
        let zone = try await zone(of: wish)
        let feed = feed(wish, in: zone, host: nil, change)
        let listing: CalendarFeedStore.Listing
        do {
            listing = try await lister.list(Data(text.readableBytesView), kind: feed.kind, zone: zone, now: change.at)
        } catch let fault as CalendarFault {
            throw TimeOffError.unreadable(fault.rawValue)
        }
        let next = CalendarFeed.nextReading(after: change.at, failures: 0, isUpload: true, chance: .random(in: 0...1))
        return RepeatableResponse(try await feeds.add(feed, listing: listing, nextReadAt: next), status: .created) { CalendarFeedView($0) }
    }

    @Sendable private func list(request: Request, context: CallContext) async throws -> JSONResponse<[CalendarFeedView]> {
        let person = try request.optionalPerson()
        let limit = try request.limit(default: 500, max: 1000)
        return JSONResponse(
            try await feeds.list(team: try request.optionalTeam(), person: person, limit: limit).map { CalendarFeedView($0) })
    }

    @Sendable private func remove(request: Request, context: CallContext) async throws -> HTTPResponse.Status {
        let now = clock.now
        guard let id = CalendarFeedID(try context.parameter("id")), let owner = try await feeds.owner(of: id) else {
            throw TimeOffError.noFeed
        }
        let board = if let team = owner.team { try await reader.boards([team], at: now).boards[team] } else { Board?.none }
        try await directory.require(owner, for: context.caller, on: board, now: now)
        guard try await feeds.remove(id, now: now) else { throw TimeOffError.noFeed }
        return .noContent
    }

    /// `webcal:` is what calendar programs call https.
    private func checked(_ text: String) throws(InvalidFields) -> (Secret, host: String) {
        let url = text.lowercased().hasPrefix("webcal://") ? "https://" + text.dropFirst("webcal://".count) : text
        do throws(EgressError) {
            return (Secret(url), try egress.inspect(url).hostText)
        } catch {
            throw InvalidFields("/url", "cannot be called: \(error.label)")
        }
    }

    private func feed(_ wish: FeedWish, in zone: Zone, host: String?, _ change: Change) -> CalendarFeed {
        CalendarFeed(
            id: .make(at: change.at), kind: wish.kind, name: wish.name ?? host ?? "upload", scope: wish.scope, zoneName: zone.name,
            host: host, createdBy: change.actor, createdAt: change.at)
    }

    private func zone(of wish: FeedWish) async throws -> Zone {
        if let zone = wish.zone { zone } else { try await usualZone(wish.scope) }
    }

    /// That of the schedule the person or team is in.
    private func usualZone(_ scope: Holidays.Scope) async throws -> Zone {
        switch scope {
        case .everybody: return .utc
        case .team(let team): return try await reader.schedules.find(team)?.schedule.layers.first?.zone ?? .utc
        case .person(let name):
            let boards = try await reader.boards(first: OnCallMetrics.mostTeams, at: clock.now).boards
            let layers = boards.sorted { $0.key < $1.key }.flatMap(\.value.schedule.layers)
            return layers.first { $0.roster.joined().contains { $0.isCalled(name) } }?.zone ?? .utc
        }
    }
}

/// What a request says about a new feed.
private struct FeedWish {
    let kind: CalendarFeed.Kind
    let scope: Holidays.Scope
    let name: String?
    let zone: Zone?
}

extension FieldReader {
    fileprivate mutating func feedWish() -> FeedWish {
        let kind = choice("kind", CalendarFeed.Kind.self) ?? .timeOff
        let person = optionalText("user", EMail.nameLength)?.personName
        let team = optionalText("team", TeamName.length)
        if person != nil, team != nil { fault("team", "cannot be given together with user") }
        if kind == .timeOff, person == nil { fault("user", "is required for time off") }
        let scope: Holidays.Scope = person.map { .person($0) } ?? team.map { .team($0) } ?? .everybody
        return FeedWish(kind: kind, scope: scope, name: optionalText("name", 1...100), zone: optionalZone("time_zone"))
    }
}

extension Request {
    /// The same in the parameters of an upload, whose body is the calendar.
    ///
    /// - Throws: ``InvalidFields``.
    fileprivate func feedWish() throws -> FeedWish {
        let members = try ["kind", "user", "team", "name", "time_zone"].compactMap { name in
            try query(name).map { JSONValue.Member(name, .string($0)) }
        }
        var fields = FieldReader(.object(members))
        let wish = fields.feedWish()
        try fields.finish()
        return wish
    }
}

struct CalendarFeedView: Encodable {
    let feedID: CalendarFeedID
    let kind: CalendarFeed.Kind
    let name: String
    let user: String?
    let team: String?
    let timeZone: String
    let source: String
    /// Without what may be secret.
    let url: String?
    let entries: Int
    let skipped: Int
    let readAt: OrNull<Date>
    let nextReadAt: Date
    let failingSince: Date?
    let problem: String?
    let createdBy: String
    let createdAt: Date

    init(_ stored: StoredCalendarFeed) {
        let feed = stored.feed
        feedID = feed.id
        kind = feed.kind
        name = feed.name
        user = if case .person(let name) = feed.scope { name } else { nil }
        team = if case .team(let name) = feed.scope { name } else { nil }
        timeZone = feed.zoneName
        source = feed.host == nil ? "upload" : "url"
        url = feed.host.map { "\($0)/…" }
        entries = stored.entries
        skipped = stored.skipped
        readAt = OrNull(stored.readAt)
        nextReadAt = stored.nextReadAt
        failingSince = stored.failingSince
        problem = stored.problem
        createdBy = feed.createdBy
        createdAt = feed.createdAt
    }
}
