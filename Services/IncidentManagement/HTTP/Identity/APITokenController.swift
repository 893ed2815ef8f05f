import Auth
import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import ServiceKit

/// `/api/v1/tokens`: programs' credentials. Everybody sees and revokes their own, admins all, a token itself and none above it.
struct APITokenController: Sendable {
    let tokens: APITokenStore
    let clock: any Clock

    func addRoutes(to routes: Routes) {
        routes.post("/api/v1/tokens", .signedIn, use: create)
        routes.get("/api/v1/tokens", .signedIn, use: list)
        routes.delete("/api/v1/tokens/:id", .signedIn, use: revoke)
    }

    /// The answer is the only time the token itself is shown.
    @Sendable func create(_ request: Request, _ context: CallContext) async throws -> JSONResponse<APITokenView> {
        guard let role = context.caller.role else { throw Problem.forbidden }
        let now = clock.now
        let draft = try APITokenDraft(try await request.jsonBody(context), maker: role, now: now)
        let token = APIToken.make(kind: .api)
        let view = try await tokens.create(draft, digest: token.digest, for: try maker(context), origin: context.origin(at: now))
        return JSONResponse(
            view.showing(token), status: .created, headers: [.cacheControl: "no-store", .location: "/api/v1/tokens/\(view.id)"]
        )
    }

    @Sendable func list(_ request: Request, _ context: CallContext) async throws -> JSONResponse<[APITokenView]> {
        let limit = try request.limit()
        let cursor = try request.query("cursor").map { text in
            guard let id = APITokenID(text) else { throw Problem.badRequest(code: "bad_cursor", "cursor is not one of ours.") }
            return id
        }
        let page = try await tokens.list(reach(context), before: cursor, limit: limit + 1, at: clock.now)
        let headers = page.count > limit ? NextPage.link(request, cursor: page[limit - 1].id.description) : [:]
        return JSONResponse(Array(page.prefix(limit)), headers: headers)
    }

    @Sendable func revoke(_ request: Request, _ context: CallContext) async throws -> Response {
        let id = try context.parameter("id", APITokenID.self)
        try await tokens.revoke(id, within: reach(context), origin: context.origin(at: clock.now))
        return Response(status: .noContent)
    }

    private func maker(_ context: CallContext) throws -> TokenMaker {
        switch context.caller.kind {
        case .user(let id): return .user(id)
        case .apiToken:
            guard let id = context.caller.tokenID, let owner = context.caller.userID else { throw IdentityError.noAccount }
            return .token(digestPrefix: id, owner: owner)
        case .anonymous, .daemon, .integration: throw IdentityError.noAccount
        }
    }

    /// Who is neither an admin nor has an account reaches nobody's. A program reaches no token that may more than its own: a leaked
    /// viewer's could end what the rest of its owner's programs work with. Itself it reaches also when its owner may no longer what it says.
    private func reach(_ context: CallContext) -> TokenReach {
        let caller = context.caller
        if caller.role == .admin { return TokenReach() }
        let owner = caller.userID ?? UserID(rawValue: UUID())
        guard case .apiToken = caller.kind else { return TokenReach(owner: owner) }
        let roles = Role.allCases.filter { role in caller.role.map { role <= $0 } ?? false }
        return TokenReach(owner: owner, roles: roles, caller: caller.tokenID)
    }
}

extension APITokenView {
    fileprivate func showing(_ token: APIToken) -> APITokenView {
        APITokenView(
            id: id, name: name, role: role, ownerID: ownerID, createdAt: createdAt, expiresAt: expiresAt, lastUsedAt: lastUsedAt,
            revokedAt: revokedAt, token: token.text.reveal()
        )
    }
}
