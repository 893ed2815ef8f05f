import Auth
import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import ServiceKit

extension IncidentController {
    /// The next level now, or the one the body names.
    func escalate(request: Request, context: CallContext) async throws -> JSONResponse<IncidentView> {
        let hasBody = request.headers[.transferEncoding] != nil || request.headers[.contentLength] ?? "0" != "0"
        let wish = hasBody ? try EscalationRequest(try await request.jsonBody(context)) : EscalationRequest()
        let incident = try await actions.escalate(
            wish, version: try request.ifMatchVersion(), of: try context.incident(), by: context.caller.actor, at: clock.now
        )
        metrics.requestedEscalation()
        return JSONResponse(incident.view, headers: incident.headers)
    }

    func showEscalation(request: Request, context: CallContext) async throws -> JSONResponse<EscalationView> {
        let incident = try await store.find(try context.incident())
        return JSONResponse(EscalationView(incident), headers: incident.headers)
    }

    /// What fired, the newest first.
    func listEvents(request: Request, context: CallContext) async throws -> JSONResponse<[EscalationEvent]> {
        let limit = try request.limit()
        let incident = try await request.query("incident").asyncMap { text in
            guard let reference = IncidentReference(text) else { throw IncidentError.notFound }
            return try await store.find(reference).id
        }
        let cursor = try request.query("cursor").map { text in
            guard let id = FiringID(text) else { throw Problem.badRequest(code: "bad_cursor", "cursor is not one of ours") }
            return id
        }
        let events = try await firings.list(incident, after: cursor, limit: limit + 1)
        let headers = events.count > limit ? NextPage.link(request, cursor: events[limit - 1].id.description) : [:]
        return JSONResponse(Array(events.prefix(limit)), headers: headers)
    }
}

extension Optional {
    fileprivate func asyncMap<Result>(_ body: (Wrapped) async throws -> Result) async throws -> Result? {
        guard let self else { return nil }
        return try await body(self)
    }
}

/// Where an incident's escalation stands: what an escalation by hand names to be refused when it is late.
struct EscalationView: Encodable {
    /// `waiting` for the next step, `held` at one that is due, `exhausted` until it begins anew, `stopped`.
    let state: String
    let epoch: Int
    let step: Int
    let round: Int
    let nextStepAt: Date?
    let firingID: FiringID?
    let heldSince: Date?
    let exhaustedAt: Date?
    let policy: EscalationPolicy

    init(_ incident: Incident) {
        let escalation = incident.escalation
        state =
            escalation.nextStepAt == nil
            ? "stopped" : escalation.exhaustedAt != nil ? "exhausted" : escalation.heldSince != nil ? "held" : "waiting"
        epoch = escalation.epoch
        step = escalation.step
        round = escalation.round
        nextStepAt = escalation.nextStepAt
        firingID = escalation.firingID
        heldSince = escalation.heldSince
        exhaustedAt = escalation.exhaustedAt
        policy = escalation.policy
    }
}
