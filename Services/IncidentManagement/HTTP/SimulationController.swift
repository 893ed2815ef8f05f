import Contracts
import Foundation
import Hummingbird
import ServiceKit

/// `POST /api/v1/escalation/policies/simulate`: who would be paged, by which channel, when and why.
struct SimulationController: Sendable {
    let policies: PolicyStore
    let editor: PolicyEditor
    let services: ServiceStore
    let whatIf: WhatIf
    let clock: any Clock

    func addRoutes(to routes: Routes) {
        routes.post("/api/v1/escalation/policies/simulate", .role(.responder), use: simulate)
    }

    @Sendable func simulate(_ request: Request, _ context: CallContext) async throws -> JSONResponse<SimulationView> {
        let question = try SimulationRequest(try await request.jsonBody(context))
        let team = try await services.teams(of: [question.service])[question.service]
        let (policy, chosenBy) = try await choose(question, team: question.team ?? team)
        let incident = question.incident(policy, team: team, at: question.at ?? clock.now)
        let result = try await whatIf.run(incident)
        return JSONResponse(
            SimulationView(
                policyID: policy.id, policy: policy.name, chosenBy: chosenBy, team: incident.team, at: incident.createdAt,
                complete: result.isComplete, moments: result.moments
            ))
    }

    private func choose(_ question: SimulationRequest, team: String?) async throws -> (EscalationPolicy, SimulationView.Choice) {
        switch question.choice {
        case .given(let policy): return (policy, .given)
        case .saved(let id):
            guard let policy = try await editor.find(id).policy else { throw InvalidFields("/policy_id", "this policy cannot be read") }
            return (policy, .saved)
        case .matching:
            let book = try await policies.active()
            let choice = book.choice(severity: question.severity, service: question.service, team: team)
            return (choice.policy, choice.policy == book.fallback ? .byDefault : .conditions)
        }
    }
}

/// The answer to a what-if.
struct SimulationView: Encodable {
    enum Choice: String, Encodable {
        case given, saved, conditions
        case byDefault = "default"
    }

    let policyID: PolicyID?
    let policy: String
    let chosenBy: Choice
    let team: String?
    let at: Date
    /// False when a neighbour did not answer or the path is too long to show.
    let complete: Bool
    let moments: [SimulatedMoment]
}
