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
        let parsed = try format.parse(body, FormatContext(integration: sender.integration, now: now, digest: digest))
        let submission = Submission(
            alerts: parsed.events.map { IncomingAlert(integrationID: sender.integration.id, event: $0) }, quarantined: parsed.quarantined,
            integrationID: sender.integration.id, format: format,
            idempotency: try request.idempotencyClaim(scope: sender.scope, route: "alerts", body: body, digest: digest))
        switch try await batcher.submit(submission) {
        case .accepted(let outcomes, let quarantined):
            return IngestAnswer(format: format, outcomes: outcomes, quarantined: quarantined).response()
        case .replayed(let status, let body):
            return IngestAnswer(status: status, body: body).response(headers: [.idempotencyReplayed: "true"])
        case .keyReused:
            throw Problem.idempotencyKeyReused
        }
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

/// Whose alerts these are.
private struct Sender {
    let integration: Integration
    let scope: String

    init(_ integration: Integration, scope: String? = nil) {
        self.integration = integration
        self.scope = scope ?? Principal(kind: .integration(integration.id), role: nil, name: integration.name).scope
    }
}
