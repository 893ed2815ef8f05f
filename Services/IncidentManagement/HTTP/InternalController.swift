import Contracts
import Hummingbird
import ServiceKit

/// What the other daemons tell and ask.
struct InternalController: Sendable {
    let intake: AlertEventIntake
    let permits: PermitStore
    let outcomes: PageOutcomeStore
    let orders: EscalationOrders
    let metrics: IncidentMetrics
    let clock: any Clock

    func addRoutes(to routes: Routes) {
        routes.post(InternalPath.alertEvents, .daemon, use: takeEvents)
        routes.post(InternalPath.permit, .daemon, use: permit)
        routes.post(InternalPath.outcomes, .daemon, use: takeOutcomes)
        routes.post(InternalPath.escalationOrders, .daemon, use: takeOrder)
    }

    func takeEvents(request: Request, context: CallContext) async throws -> JSONResponse<AlertEventAnswers> {
        let batch = try await request.message(AlertEventBatch.self, context)
        try batch.check()
        let taken = try await intake.take(batch.items, at: clock.now)
        for incident in taken.opened {
            metrics.opened(incident)
            incident.logOpening(to: context.logger)
        }
        for incident in taken.resolved { metrics.changed(incident) }
        return JSONResponse(AlertEventAnswers(items: taken.answers))
    }

    func permit(request: Request, context: CallContext) async throws -> JSONResponse<PermitAnswer> {
        let question = try await request.message(PermitQuestion.self, context)
        let answer = try await permits.ask(question, at: clock.now)
        metrics.answered(answer)
        return JSONResponse(answer)
    }

    func takeOutcomes(request: Request, context: CallContext) async throws -> JSONResponse<Taken> {
        let batch = try await request.message(PageOutcomeBatch.self, context)
        guard batch.items.count <= PageOutcomeBatch.limit else {
            throw Problem.unprocessable(InvalidFields("/items", "must have at most \(PageOutcomeBatch.limit) items"))
        }
        try await outcomes.take(batch.items, at: clock.now)
        for outcome in batch.items { metrics.told(outcome) }
        return JSONResponse(Taken(taken: batch.items.count))
    }

    func takeOrder(request: Request, context: CallContext) async throws -> JSONResponse<EscalationOrderAnswer> {
        let order = try await request.message(EscalationOrder.self, context)
        guard order.recipients.count <= EscalationOrder.limit else {
            throw Problem.unprocessable(InvalidFields("/recipients", "must have at most \(EscalationOrder.limit) items"))
        }
        let answer = try await orders.take(order, at: clock.now)
        if answer.verdict == .paged { metrics.requestedEscalation() }
        return JSONResponse(answer)
    }

    struct Taken: Codable, Sendable {
        let taken: Int
    }
}
