import Contracts
import Foundation
import Hummingbird
import ServiceKit

/// `/api/v1/notification-rules`: by which channel after how many minutes.
struct NotificationRuleController {
    static let path = "/api/v1/notification-rules"

    let rules: NotificationRuleStore
    let clock: any Clock

    func addRoutes(to routes: Routes) {
        routes.get(Self.path, .signedIn, use: list)
        routes.post(Self.path, .signedIn, use: add)
        routes.delete(Self.path + "/{id}", .signedIn, use: remove)
    }

    @Sendable func list(request: Request, context: CallContext) async throws -> JSONResponse<[NotificationRuleView]> {
        let user = try Ownership.subject(of: request, context.caller)
        return JSONResponse(try await rules.rules(of: [user]).map { NotificationRuleView($0) })
    }

    @Sendable func add(request: Request, context: CallContext) async throws -> JSONResponse<NotificationRuleView> {
        var fields = FieldReader(try await request.jsonBody(context))
        let channel = fields.choice("channel", ChannelKind.self)
        let delay = fields.optionalInteger("delay_minutes", NotificationRule.delays) ?? 0
        let given = fields.optionalID("user_id", UserID.self)
        try fields.finish()
        guard let channel else { throw InvalidFields("/channel", "is required") }
        let user = try Ownership.subject(given, context.caller)
        let now = clock.now
        let rule = NotificationRule(id: .make(at: now), userID: user, channel: channel, delayMinutes: delay, createdAt: now)
        guard try await rules.add(rule) else { throw NotificationError.duplicateRule }
        return JSONResponse(NotificationRuleView(rule), status: .created)
    }

    @Sendable func remove(request: Request, context: CallContext) async throws -> HTTPResponse.Status {
        let id = try context.parameter("id", NotificationRuleID.self)
        guard let rule = try await rules.find(id) else { throw NotificationError.unknownRule }
        try Ownership.check(rule.userID, context.caller)
        guard try await rules.remove(id) else { throw NotificationError.unknownRule }
        return .noContent
    }
}

struct NotificationRuleView: Codable, Sendable {
    let id: NotificationRuleID
    let userID: UserID
    let channel: ChannelKind
    let delayMinutes: Int
    let createdAt: Date

    init(_ rule: NotificationRule) {
        id = rule.id
        userID = rule.userID
        channel = rule.channel
        delayMinutes = rule.delayMinutes
        createdAt = rule.createdAt
    }
}
