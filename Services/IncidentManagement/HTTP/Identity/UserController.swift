import Auth
import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import ServiceKit

/// `/api/v1/users`: accounts, and one's own.
struct UserController: Sendable {
    let users: UserStore
    let passwords: PasswordCheck
    let clock: any Clock

    func addRoutes(to routes: Routes) {
        routes.get("/api/v1/users", .role(.viewer), use: list)
        routes.post("/api/v1/users", .role(.admin), use: create)
        routes.get("/api/v1/users/me", .signedIn, use: showSelf)
        routes.patch("/api/v1/users/me", .signedIn, use: changeSelf)
        routes.get("/api/v1/users/:id", .role(.viewer), use: show)
        routes.patch("/api/v1/users/:id", .role(.admin), use: change)
        routes.delete("/api/v1/users/:id", .role(.admin), use: delete)
    }

    @Sendable func list(_ request: Request, _ context: CallContext) async throws -> JSONResponse<[UserView]> {
        let filter = try Self.filter(request)
        let limit = try request.limit()
        let cursor = try request.query("cursor").map { text in
            guard let id = UserID(text) else { throw Problem.badRequest(code: "bad_cursor", "cursor is not one of ours.") }
            return id
        }
        let page = try await users.list(filter, after: cursor, limit: limit + 1)
        var headers: HTTPFields = [.totalCount: String(try await users.count(filter))]
        if page.count > limit { headers.append(contentsOf: NextPage.link(request, cursor: page[limit - 1].id.description)) }
        return JSONResponse(page.prefix(limit).map(\.view), headers: headers)
    }

    @Sendable func create(_ request: Request, _ context: CallContext) async throws -> JSONResponse<UserView> {
        let draft = try UserDraft(try await request.jsonBody(context))
        let hash = try await passwords.hash(draft.password)
        let user = try await users.create(draft, passwordHash: hash, origin: context.origin(at: clock.now))
        var headers = EntityTag.header(user.version)
        headers[.location] = "/api/v1/users/\(user.id)"
        return JSONResponse(user.view, status: .created, headers: headers)
    }

    @Sendable func show(_ request: Request, _ context: CallContext) async throws -> JSONResponse<UserView> {
        try await shown(try context.parameter("id", UserID.self))
    }

    @Sendable func change(_ request: Request, _ context: CallContext) async throws -> JSONResponse<UserView> {
        let id = try context.parameter("id", UserID.self)
        let change = try UserChange(byAdmin: try await request.jsonBody(context))
        return try await apply(change, to: id, request, context)
    }

    @Sendable func delete(_ request: Request, _ context: CallContext) async throws -> Response {
        let id = try context.parameter("id", UserID.self)
        try await users.delete(id, ifVersion: try EntityTag.expected(by: request), origin: context.origin(at: clock.now))
        return Response(status: .noContent)
    }

    @Sendable func showSelf(_ request: Request, _ context: CallContext) async throws -> JSONResponse<UserView> {
        guard let id = context.caller.userID else { throw IdentityError.noAccount }
        return try await shown(id)
    }

    /// A person's own doing: a program's token, whatever its role, does not change whom it acts for.
    @Sendable func changeSelf(_ request: Request, _ context: CallContext) async throws -> JSONResponse<UserView> {
        guard case .user(let id) = context.caller.kind else { throw IdentityError.noAccount }
        let change = try UserChange(bySelf: try await request.jsonBody(context), email: context.caller.email.flatMap { EmailAddress($0) })
        let verified = try await change.password == nil ? nil : requireCurrentPassword(change, of: id, context)
        return try await apply(change, to: id, verified: verified, request, context)
    }

    private func apply(
        _ change: UserChange, to id: UserID, verified: UserStore.Credential? = nil, _ request: Request, _ context: CallContext
    ) async throws -> JSONResponse<UserView> {
        let version = try EntityTag.expected(by: request)
        var hash: String?
        if let password = change.password { hash = try await passwords.hash(password) }
        let user = try await users.change(
            id, change, passwordHash: hash, ifVersion: version, verified: verified, origin: context.origin(at: clock.now)
        )
        return JSONResponse(user.view, headers: EntityTag.header(user.version))
    }

    private func shown(_ id: UserID) async throws -> JSONResponse<UserView> {
        guard let user = try await users.find(id) else { throw IdentityError.noSuchUser }
        return JSONResponse(user.view, headers: EntityTag.header(user.version))
    }

    /// Throttled like a sign-in: a stolen access token must not become a way to guess the password.
    private func requireCurrentPassword(_ change: UserChange, of id: UserID, _ context: CallContext) async throws -> UserStore.Credential {
        guard let credential = try await users.credential(of: id) else { throw IdentityError.noSuchUser }
        let network = NetworkPrefix(context.remoteAddress)
        let key = LoginThrottleStore.Key(LoginName(credential.user.email), of: credential.user, from: network)
        guard try await passwords.isRight(change.currentPassword ?? "", of: credential, as: key, at: clock.now) else {
            throw IdentityError.wrongCurrentPassword
        }
        return credential
    }

    private static func filter(_ request: Request) throws -> UserFilter {
        var faults: [FieldFault] = []
        let role = try request.query("role").flatMap { text in
            let role = Role(rawValue: text)
            if role == nil { faults.append(FieldFault(pointer: "/role", detail: "must be viewer, responder or admin")) }
            return role
        }
        let isActive = try request.query("is_active").flatMap { text in
            if !["true", "false"].contains(text) { faults.append(FieldFault(pointer: "/is_active", detail: "must be true or false")) }
            return text == "true"
        }
        if !faults.isEmpty { throw Problem.badRequest(code: "bad_parameter", "A query parameter is not valid.", errors: faults) }
        return UserFilter(role: role, isActive: isActive, team: try request.query("team"))
    }
}
