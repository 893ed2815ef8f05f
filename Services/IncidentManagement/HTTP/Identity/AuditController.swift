import Contracts
import HTTPTypes
import Hummingbird
import ServiceKit

/// `GET /api/v1/audit`: who did what, newest first.
struct AuditController: Sendable {
    let audit: AuditStore

    func addRoutes(to routes: Routes) {
        routes.get("/api/v1/audit", .role(.admin), use: list)
    }

    @Sendable func list(_ request: Request, _ context: CallContext) async throws -> JSONResponse<[AuditLine]> {
        let filter = AuditFilter(
            actor: try request.query("actor"), object: try request.query("object"), action: try request.query("action")
        )
        let limit = try request.limit()
        let page = try await audit.list(filter, before: try request.number("cursor", in: 1...Int.max), limit: limit + 1)
        let headers = page.count > limit ? NextPage.link(request, cursor: String(page[limit - 1].id)) : [:]
        return JSONResponse(Array(page.prefix(limit)), headers: headers)
    }
}
