import Auth
import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import ServiceClients
import ServiceKit

/// `POST /api/v1/notify`.
struct NotifyController {
    static let path = "/api/v1/notify"

    let pages: PageStore
    let directory: RecipientDirectory
    let egress: EgressGuard
    let clock: any Clock
    let ring: @Sendable (DeliveryLane) -> Void

    func addRoutes(to routes: Routes) {
        routes.post(Self.path, .role(.responder), use: notify)
    }

    @Sendable func notify(request: Request, context: CallContext) async throws -> JSONResponse<NotifyReceipt> {
        let body = try await request.jsonBody(context)
        var notify = try NotifyRequest(body)
        notify.trace = context.trace.parent
        let now = clock.now
        let page = try await page(for: notify, by: context.caller, now: now)
        guard let key = try request.repeatKey(scope: context.caller.scope, route: Self.path, body: body) else {
            for lane in try await pages.accept([page], now: now).lanes { ring(lane) }
            return JSONResponse(NotifyReceipt(page.message.pageID), status: .accepted)
        }
        switch try await pages.accept(page, once: key, now: now) {
        case .accepted(let acceptance):
            for lane in acceptance.lanes { ring(lane) }
            return JSONResponse(NotifyReceipt(page.message.pageID), status: .accepted)
        case .known(let id):
            return JSONResponse(NotifyReceipt(id), status: .accepted, headers: [.idempotencyReplayed: "true"])
        case .mismatch:
            throw NotificationError.idempotencyMismatch
        }
    }

    private func page(for notify: NotifyRequest, by caller: Principal, now: Date) async throws -> NewPage {
        switch notify.target {
        case .user(let id):
            return notify.page(to: try await user(id), direct: nil, by: caller.actor, now: now)
        case .handle(let handle):
            if let user = try await known(handle, by: caller) {
                return notify.page(to: Recipient(user), direct: nil, by: caller.actor, now: now)
            }
            guard let role = caller.role, role >= .admin else { throw NotificationError.freeAddressNeedsAdmin }
            guard let direct = notify.direct(to: handle) else { throw InvalidFields("/recipient", "is not an address of this channel") }
            if direct.channel == .webhook { try egress.inspect(webhook: handle, pointer: "/recipient") }
            let recipient = Recipient(userID: nil, name: handle, email: handle, role: "none", reason: "free_address")
            return notify.page(to: recipient, direct: direct, by: caller.actor, now: now)
        }
    }

    /// The account behind a handle. An administrator's message to an address goes out even while nobody can say whose it is.
    private func known(_ handle: String, by caller: Principal) async throws -> KnownUser? {
        do {
            guard let user = try await directory.find(handle) else { return nil }
            guard user.isActive else { throw InvalidFields("/recipient", "is an account that was disabled") }
            return user
        } catch NotificationError.directoryUnavailable where caller.role == .admin {
            return nil
        }
    }

    private func user(_ id: UserID) async throws -> Recipient {
        guard let user = try await directory.find(id) else { throw InvalidFields("/user_id", "is nobody with an active account") }
        return Recipient(user)
    }
}

/// `{"notification_id":"…","status":"queued"}`
struct NotifyReceipt: Codable, Sendable {
    let notificationID: PageID
    let status: String

    init(_ id: PageID) {
        notificationID = id
        status = "queued"
    }
}

extension Recipient {
    init(_ user: KnownUser) {
        self.init(userID: user.id, name: user.name, email: user.email, role: "none", reason: "direct")
    }
}

extension EgressGuard {
    /// Throws ``InvalidFields`` for a URL that we would never call.
    func inspect(webhook url: String, pointer: String) throws(InvalidFields) {
        do throws(EgressError) {
            try inspect(url)
        } catch {
            let remedy = error == .malformed(.scheme) ? "; it must begin with https://, unless EGRESS_ALLOW names its host and port" : ""
            throw InvalidFields(pointer, "is not a URL we may call: \(error.label)\(remedy)")
        }
    }
}
