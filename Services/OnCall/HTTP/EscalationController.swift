import Auth
import Contracts
import Foundation
import Hummingbird
import ServiceKit

/// Whom to page: asked by the engine for a step, or by a person.
struct EscalationController: Sendable {
    let desk: EscalationDesk
    let escalations: EscalationStore
    let clock: any Clock

    func addRoutes(to routes: Routes) {
        routes.post("/api/v1/escalate", .role(.responder), use: escalate)
        routes.get("/api/v1/escalations", .role(.viewer), use: list)
        routes.post(InternalPath.escalate, .daemon, use: answer)
    }

    @Sendable private func escalate(request: Request, context: CallContext) async throws -> JSONResponse<EscalationView> {
        let body = try await request.jsonBody(context)
        var fields = FieldReader(body)
        let wish = EscalationWish(
            team: fields.text("team", TeamName.length), incident: fields.text("incident_id", 1...255),
            role: fields.optionalChoice("role", OnCallRole.self), reason: fields.optionalText("reason", 0...1000)
        )
        // Whoever asks this is in trouble: a member we do not know is no ground to refuse.
        try fields.finishLeniently()
        let once = try request.repeatable("POST /api/v1/escalate", body, context, status: .ok) { EscalationView($0) }
        let (record, paging, isReplay) = try await desk.escalate(wish, once: once, context.change(clock))
        return JSONResponse(EscalationView(record, paging), headers: isReplay ? [.idempotencyReplayed: "true"] : [:])
    }

    @Sendable private func list(request: Request, context: CallContext) async throws -> JSONResponse<[EscalationView]> {
        let records = try await escalations.list(team: try request.optionalTeam(), limit: try request.limit(default: 50, max: 500))
        return JSONResponse(records.map { EscalationView($0) })
    }

    @Sendable private func answer(request: Request, context: CallContext) async throws -> JSONResponse<EscalateAnswer> {
        let question = try await request.message(EscalateQuestion.self, context)
        try question.check()
        return JSONResponse(try await desk.answer(question, askedBy: context.caller.actor))
    }
}

extension EscalateQuestion {
    /// More targets than any step has.
    private static let mostTargets = 100

    fileprivate func check() throws(InvalidFields) {
        guard targets.count <= Self.mostTargets else { throw InvalidFields("/targets", "must have at most \(Self.mostTargets) items") }
        guard min(epoch, step, round) >= 0 else { throw InvalidFields("", "epoch, step and round must not be negative") }
    }
}
