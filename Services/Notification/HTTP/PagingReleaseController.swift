import Contracts
import Hummingbird
import Logging
import ServiceKit

/// What IncidentManagement tells when a person has lifted the hold of a restored system.
struct PagingReleaseController {
    let store: PagingReleaseStore
    let clock: any Clock
    let logger: Logger
    let ring: @Sendable (DeliveryLane) -> Void

    func addRoutes(to routes: Routes) {
        routes.post(InternalPath.pagingRelease, .daemon, use: release)
    }

    @Sendable func release(request: Request, context: CallContext) async throws -> JSONResponse<PagingReleaseAnswer> {
        let message = try await request.message(PagingReleased.self, context)
        let released = try await store.take(message, at: clock.now)
        if released {
            logger.notice("paging released", metadata: ["paging.hold_id": "\(message.holdID)"])
            for lane in DeliveryLane.allCases { ring(lane) }
        }
        return JSONResponse(PagingReleaseAnswer(released: released))
    }
}

/// `{"released":true}`; false for a hold that does not stand here, or no more.
struct PagingReleaseAnswer: Codable, Sendable {
    let released: Bool
}
