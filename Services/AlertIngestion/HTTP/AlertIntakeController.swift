import Auth
import Contracts
import Foundation
import Hummingbird
import ServiceKit

/// Where alerts come in.
struct AlertIntakeController: Sendable {
    let batcher: AlertBatcher
    let directory: IntegrationDirectory
    let clock: any Clock
    let digest: TextDigest

    func addRoutes(to routes: Routes) {
        routes.post("/api/v1/alerts", .integration, use: sniffed)
        routes.hot("/api/v1/alerts", take: take)
        routes.post("/api/v2/alerts", .integration, use: postable)
        // Senders that cannot set headers carry the key in the path; it is checked below, before the body is read.
        routes.post("/integrations/alertmanager/{key}", .open, use: webhook)
        routes.post("/integrations/alertmanager/{key}/api/v1/alerts", .open, use: keyedPostable)
        routes.post("/integrations/alertmanager/{key}/api/v2/alerts", .open, use: keyedPostable)
    }

    /// One URL for every habit: the body says what it is (interop §0.2).
    @Sendable func sniffed(request: Request, context: CallContext) async throws -> Response {
        let now = clock.now
        let integration = try await integration(of: context.caller, now: now)
        let body = try await request.jsonBody(context, .vendor)
        return try await accept(body, AlertFormat(sniffing: body), Sender(integration, scope: context.caller.scope), request, now: now)
    }

    @Sendable func postable(request: Request, context: CallContext) async throws -> Response {
        let now = clock.now
        let integration = try await integration(of: context.caller, now: now)
        let body = try await request.jsonBody(context, .vendor)
        return try await accept(body, .postableAlerts, Sender(integration, scope: context.caller.scope), request, now: now)
    }

    @Sendable func webhook(request: Request, context: CallContext) async throws -> Response {
        let (integration, now) = try await integration(inPathOf: context)
        let body = try await request.jsonBody(context, .vendor)
        let format: AlertFormat = body.array == nil ? .alertmanagerWebhook : .postableAlerts
        return try await accept(body, format, Sender(integration), request, now: now)
    }

    @Sendable func keyedPostable(request: Request, context: CallContext) async throws -> Response {
        let (integration, now) = try await integration(inPathOf: context)
        let body = try await request.jsonBody(context, .vendor)
        return try await accept(body, .postableAlerts, Sender(integration), request, now: now)
    }

    private func accept(
        _ body: JSONValue, _ format: AlertFormat, _ sender: Sender, _ request: Request, now: Date
    ) async throws -> Response {
        let claim = try request.repeatKey(scope: sender.scope, route: "alerts", body: body)
        let submission = try submission(body, format, sender.integration, claim, TraceContext.current?.parent, now: now)
        switch try await batcher.submit(submission) {
        case .accepted(let outcomes, let quarantined):
            return IngestAnswer(format: format, outcomes: outcomes, quarantined: quarantined).response()
        case .replayed(let status, let body):
            return IngestAnswer(status: status, body: body).response(headers: [.idempotencyReplayed: "true"])
        case .keyReused:
            throw Problem.idempotencyKeyReused
        }
    }

    private func submission(
        _ body: JSONValue, _ format: AlertFormat, _ integration: Integration, _ claim: RequestKey?, _ trace: TraceParent?, now: Date
    ) throws -> Submission {
        let parsed = try format.parse(body, FormatContext(integration: integration, now: now, digest: digest))
        return Submission(
            alerts: parsed.events.map { IncomingAlert(integrationID: integration.id, event: $0, trace: trace) },
            quarantined: parsed.quarantined,
            integrationID: integration.id, format: format, idempotency: claim)
    }

    private func integration(of caller: Principal, now: Date) async throws -> Integration {
        guard case .integration(let id) = caller.kind else { return .people }
        guard let integration = try await directory.integration(id, now: now) else { throw Problem.unauthorized }
        return integration
    }

    private func integration(inPathOf context: CallContext) async throws -> (Integration, Date) {
        let now = clock.now
        guard let key = try? context.parameter("key"), let integration = try await directory.integration(key: key, now: now) else {
            throw Problem.unauthorized
        }
        return (integration, now)
    }
}

extension AlertIntakeController {
    /// The plain case of ``sniffed(request:context:)``: a sender met a moment ago, and alerts without fault. It leaves all others.
    @Sendable func take(_ request: HotRequest, answer: @escaping @Sendable (@escaping HotRoute.Answer) -> Void) -> HotRoute.Taking {
        let now = clock.now
        guard let integration = directory.remembered(key: request.credential.text, now: now),
            let body = try? JSONGate.parse(request.body, limits: .vendor), body.array != nil || body.members != nil,
            let submission = try? submission(body, AlertFormat(sniffing: body), integration, nil, request.trace.parent, now: now)
        else {
            return .left
        }
        batcher.submit(submission) { result in
            answer {
                guard case .accepted(let outcomes, let quarantined) = try result.get() else { throw KeylessRepetition() }
                let answer = IngestAnswer(format: submission.format, outcomes: outcomes, quarantined: quarantined)
                return HotAnswer(status: answer.status, json: answer.body)
            }
        }
        return .begun
    }
}

/// A submission without an idempotency key was answered as one that had been made before: a fault of ours, answered with a 500 and logged, so that
/// the sender sends it again.
private struct KeylessRepetition: Error {}

/// Whose alerts these are.
private struct Sender {
    let integration: Integration
    let scope: String

    init(_ integration: Integration, scope: String? = nil) {
        self.integration = integration
        self.scope = scope ?? Principal(kind: .integration(integration.id), role: nil, name: integration.name).scope
    }
}
