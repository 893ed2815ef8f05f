import Contracts
import Hummingbird
import ServiceKit

/// The auditor's question to this daemon: is what must always hold still so?
struct InvariantController {
    let invariants: InvariantStore
    let clock: any Clock

    func addRoutes(to routes: Routes) {
        routes.post(InternalPath.invariants, .daemon, use: inspect)
    }

    /// Mends what it can on the way, which is why it is no GET.
    @Sendable func inspect(request: Request, context: CallContext) async throws -> JSONResponse<InvariantReport> {
        JSONResponse(InvariantReport(items: try await invariants.inspect(at: clock.now)))
    }
}
