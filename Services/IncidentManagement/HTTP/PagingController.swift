import Auth
import Contracts
import Foundation
import Hummingbird
import Logging
import ServiceKit
import WorkQueue

/// `/api/v1/paging`: whether a restored system still holds its paging, and the end of that.
struct PagingController: Sendable {
    let store: PagingStore
    let clock: any Clock
    let logger: Logger

    func addRoutes(to routes: Routes) {
        routes.get("/api/v1/paging", .role(.viewer), use: show)
        routes.post("/api/v1/paging/release", .role(.admin), use: release)
    }

    @Sendable func show(request: Request, context: CallContext) async throws -> JSONResponse<PagingStatus> {
        JSONResponse(try await store.status(at: clock.now))
    }

    @Sendable func release(request: Request, context: CallContext) async throws -> JSONResponse<PagingStatus> {
        let (status, released) = try await store.release(by: context.origin(at: clock.now))
        if released {
            logger.notice("paging released", metadata: ["paging.hold_id": "\(status.holdID.map(\.description) ?? "")"])
        }
        return JSONResponse(status)
    }
}
