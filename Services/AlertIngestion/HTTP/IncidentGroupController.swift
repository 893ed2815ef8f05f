import Contracts
import Foundation
import Hummingbird
import Logging
import ServiceKit

/// Hears from IncidentManagement that a person ended an incident, or took that back.
struct IncidentGroupController: Sendable {
    let groups: GroupStore
    let metrics: AlertIngestionMetrics
    let clock: any Clock

    func addRoutes(to routes: Routes) {
        routes.post("/internal/v1/incidents/{id}/closed", .daemon, use: closed)
        routes.post("/internal/v1/incidents/{id}/reopened", .daemon, use: reopened)
    }

    /// Idempotent: the second time there is nothing left to close, or the group was reopened since.
    @Sendable func closed(request: Request, context: CallContext) async throws -> Response {
        let id = try context.parameter("id", IncidentID.self)
        let message = try await request.message(IncidentClosed.self, context)
        try Self.check(message.incidentID, message.groupSeq, of: id)
        let decision = try await groups.close(id, toldUpTo: message.groupSeq, now: clock.now)
        metrics.closed(decision)
        context.logger.info(
            "group closed",
            metadata: ["incident.id": "\(id)", "incident.close_reason": "\(message.reason.rawValue)", "decision": "\(decision.rawValue)"])
        return Response(status: .noContent)
    }

    /// Idempotent: the second time the group is open already.
    @Sendable func reopened(request: Request, context: CallContext) async throws -> Response {
        let id = try context.parameter("id", IncidentID.self)
        let message = try await request.message(IncidentReopened.self, context)
        try Self.check(message.incidentID, message.groupSeq, of: id)
        let decision = try await groups.reopen(message, now: clock.now)
        metrics.reopened(decision)
        context.logger.info("group reopened", metadata: ["incident.id": "\(id)", "decision": "\(decision.rawValue)"])
        return Response(status: .noContent)
    }

    private static func check(_ told: IncidentID, _ groupSeq: Int?, of id: IncidentID) throws {
        guard told == id else { throw InvalidFields("/incident_id", "must be the incident of the path") }
        guard groupSeq ?? 0 >= 0 else { throw InvalidFields("/group_seq", "must be 0 or more") }
    }
}
