import Contracts
import Hummingbird
import ServiceKit

/// The auditor's questions: is what was accepted here known where it was told?
struct AcceptedGroupController: Sendable {
    let groups: AcceptedGroupStore
    let clock: any Clock

    func addRoutes(to routes: Routes) {
        routes.get(InternalPath.acceptedGroups, .daemon, use: accepted)
        routes.post(InternalPath.lostIncidents, .daemon, use: lost)
    }

    @Sendable func accepted(request: Request, context: CallContext) async throws -> JSONResponse<AcceptedGroups> {
        JSONResponse(try await groups.accepted(at: clock.now))
    }

    @Sendable func lost(request: Request, context: CallContext) async throws -> JSONResponse<LostIncidentsAnswer> {
        let lost = try await request.message(LostIncidents.self, context)
        guard lost.incidents.count <= AcceptedGroups.limit else {
            throw InvalidFields("/incidents", "must have at most \(AcceptedGroups.limit) items")
        }
        return JSONResponse(LostIncidentsAnswer(reopened: try await groups.reopen(lost.incidents, at: clock.now)))
    }
}
