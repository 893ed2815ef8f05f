import Auth
import Contracts
import Foundation
import Hummingbird
import ServiceClients
import ServiceKit

/// `/api/v1/contact-methods`: the ways to reach a person.
struct ContactMethodController {
    static let path = "/api/v1/contact-methods"

    let methods: ContactMethodStore
    let keys: SealingKeyRing
    let egress: EgressGuard
    let clock: any Clock

    func addRoutes(to routes: Routes) {
        routes.get(Self.path, .signedIn, use: list)
        routes.post(Self.path, .signedIn, use: add)
        routes.get(Self.path + "/{id}", .signedIn, use: show)
        routes.patch(Self.path + "/{id}", .signedIn, use: change)
        routes.delete(Self.path + "/{id}", .signedIn, use: remove)
    }

    @Sendable func list(request: Request, context: CallContext) async throws -> JSONResponse<[ContactMethodView]> {
        let user = try Ownership.subject(of: request, context.caller)
        return JSONResponse(try await methods.methods(of: [user]).map { ContactMethodView($0) })
    }

    /// The answer is the only place that shows a webhook's secret.
    @Sendable func add(request: Request, context: CallContext) async throws -> JSONResponse<ContactMethodView> {
        var fields = FieldReader(try await request.jsonBody(context))
        let kind = fields.choice("kind", ContactMethodKind.self)
        let address = fields.text("address", 1...ContactMethod.addressLimit)
        let label = fields.optionalText("label", 1...100)
        let given = fields.optionalID("user_id", UserID.self)
        if kind == .email, MailAddress(address) == nil { fields.fault("address", "must be an e-mail address") }
        try fields.finish()
        let user = try Ownership.subject(given, context.caller)
        guard let kind else { throw InvalidFields("/kind", "is required") }
        if kind == .webhook { try egress.inspect(webhook: address, pointer: "/address") }
        let now = clock.now
        let method = ContactMethod(
            id: .make(at: now), userID: user, kind: kind.channel, address: address, label: label, isEnabled: true, createdAt: now)
        let secret = kind == .webhook ? StandardWebhook.makeSecret() : nil
        let sealed = try secret.map { try keys.seal($0, for: .secret(of: method.id)) }
        guard try await methods.add(method, secret: sealed) else { throw NotificationError.duplicateContactMethod }
        return JSONResponse(ContactMethodView(method, secret: secret), status: .created)
    }

    @Sendable func show(request: Request, context: CallContext) async throws -> JSONResponse<ContactMethodView> {
        JSONResponse(ContactMethodView(try await own(context)))
    }

    @Sendable func change(request: Request, context: CallContext) async throws -> JSONResponse<ContactMethodView> {
        var fields = FieldReader(try await request.jsonBody(context))
        let label = fields.optionalText("label", 1...100)
        let isEnabled = fields.optionalBool("enabled")
        try fields.finish()
        let method = try await own(context)
        guard let changed = try await methods.change(method.id, label: label, isEnabled: isEnabled, now: clock.now) else {
            throw NotificationError.unknownContactMethod
        }
        return JSONResponse(ContactMethodView(changed))
    }

    @Sendable func remove(request: Request, context: CallContext) async throws -> HTTPResponse.Status {
        guard try await methods.remove(try await own(context).id) else { throw NotificationError.unknownContactMethod }
        return .noContent
    }

    private func own(_ context: CallContext) async throws -> ContactMethod {
        let id = try context.parameter("id", ContactMethodID.self)
        guard let method = try await methods.find(id) else { throw NotificationError.unknownContactMethod }
        try Ownership.check(method.userID, context.caller)
        return method
    }
}

/// The kinds a person can add so far.
private enum ContactMethodKind: String, CaseIterable {
    case email, webhook

    var channel: ChannelKind {
        switch self {
        case .email: .email
        case .webhook: .webhook
        }
    }
}

struct ContactMethodView: Codable, Sendable {
    let id: ContactMethodID
    let userID: UserID
    let kind: ChannelKind
    let address: String
    let label: String?
    let enabled: Bool
    let createdAt: Date
    let secret: String?

    init(_ method: ContactMethod, secret: Secret? = nil) {
        id = method.id
        userID = method.userID
        kind = method.kind
        address = method.address
        label = method.label
        enabled = method.isEnabled
        createdAt = method.createdAt
        self.secret = secret?.reveal()
    }
}
