import Auth
import Contracts
import Hummingbird
import ServiceKit

/// What IncidentManagement tells us: pages to make, and epochs that are over.
struct PageController {
    let pages: PageStore
    let clock: any Clock
    let ring: @Sendable (DeliveryLane) -> Void

    func addRoutes(to routes: Routes) {
        routes.post(InternalPath.pages, .daemon, use: accept)
        routes.post(InternalPath.pagePreviews, .daemon, use: preview)
        routes.post(InternalPath.epochs, .daemon, use: raise)
    }

    /// A page known already is answered like the first time.
    @Sendable func accept(request: Request, context: CallContext) async throws -> JSONResponse<PageReceipts> {
        let batch = try await request.message(PageBatch.self, context)
        guard batch.items.count <= PageBatch.limit else { throw InvalidFields("/items", "must have at most \(PageBatch.limit) items") }
        let pages = batch.items.map { NewPage($0, requestedBy: context.caller.actor) }
        for lane in try await self.pages.accept(pages, now: clock.now).lanes { ring(lane) }
        return JSONResponse(PageReceipts(items: batch.items.map { PageReceipt(pageID: $0.pageID) }), status: .accepted)
    }

    /// What would become of pages; nothing is stored.
    @Sendable func preview(request: Request, context: CallContext) async throws -> JSONResponse<PagePreviews> {
        let batch = try await request.message(PageBatch.self, context)
        guard batch.items.count <= PageBatch.limit else { throw InvalidFields("/items", "must have at most \(PageBatch.limit) items") }
        let plans = try await pages.preview(batch.items.map { NewPage($0, requestedBy: context.caller.actor) })
        return JSONResponse(PagePreviews(items: plans.map(PagePreview.init)))
    }

    @Sendable func raise(request: Request, context: CallContext) async throws -> JSONResponse<EpochsRaised> {
        let batch = try await request.message(EpochRaisedBatch.self, context)
        guard batch.items.count <= EpochsRaised.limit else {
            throw InvalidFields("/items", "must have at most \(EpochsRaised.limit) items")
        }
        return JSONResponse(EpochsRaised(cancelled: try await pages.raise(batch.items, now: clock.now)))
    }
}

extension PagePreview {
    fileprivate init(_ plan: PagePlan) {
        self.init(
            pageID: plan.page.message.pageID,
            deliveries: plan.deliveries.map { Delivery(channel: $0.channel, delayMinutes: $0.delayMinutes) }
        )
    }
}

/// `{"items":[{"page_id":"…"}]}`
struct PageReceipts: Codable, Sendable {
    let items: [PageReceipt]
}

struct PageReceipt: Codable, Sendable {
    let pageID: PageID
}

/// `{"cancelled":2}`: pages that came to their end by it.
struct EpochsRaised: Codable, Sendable {
    /// Epochs of one request: what one statement kills within its deadline.
    static let limit = 1_000
    let cancelled: Int
}
