import Auth
import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceKit

/// `/api/v1/auth`: set-up, sign-in, refresh, sign-out.
struct SignInController: Sendable {
    let signIn: SignIn
    let firstAdmin: FirstAdmin
    let users: UserStore
    let authenticator: any Authenticator
    let clock: any Clock

    /// A sign-in has two short fields; nobody gets to send more without an account.
    private static let limits = JSONLimits(bytes: 8 * 1024, depth: 2, membersPerObject: 16, tokens: 64)

    func addRoutes(to routes: Routes) {
        routes.post("/api/v1/auth/setup", .open, use: setUp)
        routes.post("/api/v1/auth/login/access-token", .open, use: logIn)
        routes.post("/api/v1/auth/refresh", .open, use: refresh)
        routes.post("/api/v1/auth/logout", .open, use: logOut)
        routes.post("/api/v1/auth/test-token", .signedIn, use: testToken)
    }

    @Sendable func setUp(_ request: Request, _ context: CallContext) async throws -> JSONResponse<UserView> {
        let body = try SetupRequest(try await request.jsonBody(context, Self.limits))
        let admin = try await firstAdmin.create(body, origin: context.origin(at: clock.now))
        return JSONResponse(admin.view, status: .created, headers: EntityTag.header(admin.version))
    }

    @Sendable func logIn(_ request: Request, _ context: CallContext) async throws -> JSONResponse<SignInAnswer> {
        let (name, password) = try await credentials(request, context)
        let answer = try await signIn.signIn(name, password: password, origin: context.origin(at: clock.now))
        return Self.uncached(answer)
    }

    @Sendable func refresh(_ request: Request, _ context: CallContext) async throws -> JSONResponse<SignInAnswer> {
        var fields = FieldReader(try await request.jsonBody(context, Self.limits))
        let token = fields.text("refresh_token", 1...512)
        try fields.finish()
        let answer = try await signIn.refresh(token, client: Self.client(request, context), origin: context.origin(at: clock.now))
        return Self.uncached(answer)
    }

    /// Open, because a session can be ended with its refresh token alone, after the access token expired.
    @Sendable func logOut(_ request: Request, _ context: CallContext) async throws -> Response {
        let refreshToken = try await optionalRefreshToken(request, context)
        let accessToken = Self.bearer(request)
        let caller = try await person(behind: accessToken)
        let origin = context.origin(at: clock.now, actor: caller?.actor)
        try await signIn.signOut(refreshToken: refreshToken, accessToken: accessToken, caller: caller, origin: origin)
        return Response(status: .noContent)
    }

    @Sendable func testToken(_ request: Request, _ context: CallContext) async throws -> JSONResponse<UserView> {
        guard let id = context.caller.userID, let user = try await users.find(id) else { throw IdentityError.noAccount }
        return JSONResponse(user.view)
    }

    private func person(behind accessToken: String?) async throws -> Principal? {
        guard let accessToken else { return nil }
        do {
            guard let caller = try await authenticator.principal(for: .bearer(accessToken)), case .user = caller.kind else { return nil }
            return caller
        } catch is AuthenticationUnavailable {
            throw Problem.unavailable("Credentials cannot be checked right now.")
        }
    }

    private func credentials(_ request: Request, _ context: CallContext) async throws -> (String, String) {
        if Self.isForm(request) {
            let bytes = try await request.rawBody(context, limit: Self.limits.bytes)
            let form = try FormFields(bytes.readableBytesView)
            if let grant = form["grant_type"], !grant.isEmpty, grant != "password" {
                throw InvalidFields("/grant_type", "must be password")
            }
            return (try form.required("username"), try form.required("password"))
        }
        var fields = FieldReader(try await request.jsonBody(context, Self.limits))
        let name = fields.text("username", 1...320)
        let password = fields.optionalPassword("password")
        if password == nil { fields.fault("password", "is required") }
        try fields.finish()
        return (name, password ?? "")
    }

    private func optionalRefreshToken(_ request: Request, _ context: CallContext) async throws -> String? {
        let bytes = try await request.rawBody(context, limit: Self.limits.bytes)
        guard bytes.readableBytes > 0 else { return nil }
        var fields = FieldReader(try JSONGate.parse(bytes, limits: Self.limits))
        let token = fields.optionalText("refresh_token", 1...512)
        try fields.finish()
        return token
    }

    /// Tokens must not stay in caches on the way (RFC 6749 §5.1).
    private static func uncached(_ answer: SignInAnswer) -> JSONResponse<SignInAnswer> {
        JSONResponse(answer, headers: [.cacheControl: "no-store"])
    }

    private static func isForm(_ request: Request) -> Bool {
        let type = request.headers[.contentType]?.split(separator: ";").first?.trimmingCharacters(in: .whitespaces)
        return type?.lowercased() == "application/x-www-form-urlencoded"
    }

    private static func bearer(_ request: Request) -> String? {
        guard let words = request.headers[.authorization]?.split(separator: " ", maxSplits: 1), words.count == 2,
            words[0].lowercased() == "bearer"
        else { return nil }
        return String(words[1])
    }

    /// What two requests of one client have in common: its network and how it names itself.
    private static func client(_ request: Request, _ context: CallContext) -> String {
        ClientDigest.make(network: NetworkPrefix(context.remoteAddress), userAgent: request.headers[.userAgent])
    }
}
