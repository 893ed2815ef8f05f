import Auth
import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import ServiceKit

/// Hears what was changed, as PagerDuty does, and shows it.
struct ChangeController: Sendable {
    let changes: ChangeStore
    let directory: IntegrationDirectory
    let metrics: AlertIngestionMetrics
    let clock: any Clock

    func addRoutes(to routes: Routes) {
        // The key is a member of the body, so that it is checked below.
        routes.post("/v2/change/enqueue", .open, use: receive)
        routes.get("/api/v1/change-events", .role(.viewer), use: list)
    }

    /// Bodies are bounded as people's are: anybody may send one, and only then is the key known.
    @Sendable func receive(request: Request, context: CallContext) async throws -> Response {
        let now = clock.now
        let body = try await request.jsonBody(context)
        guard let key = body["routing_key"]?.string, let integration = try await directory.integration(key: key, now: now) else {
            throw Problem.unauthorized
        }
        let change = try ChangeFormat.parse(
            body, FormatContext(integration: integration, now: now, digest: IntegrationKey.digest))
        let claim = try request.repeatKey(
            scope: Principal(kind: .integration(integration.id), role: nil, name: integration.name).scope, route: "changes", body: body)
        let answer = IngestAnswer(recorded: change)
        switch try await changes.record(change, under: claim, answer: answer) {
        case .recorded:
            metrics.changed()
            return answer.response()
        case .replayed(let kept): return kept.response(headers: [.idempotencyReplayed: "true"])
        case .keyReused: throw Problem.idempotencyKeyReused
        }
    }

    @Sendable func list(request: Request, context: CallContext) async throws -> JSONResponse<[ChangeView]> {
        let limit = try request.limit()
        var filter = ChangeFilter()
        filter.service = try request.query("service")
        filter.since = try request.time("since")
        filter.until = try request.time("until")
        let found = try await changes.list(filter, before: try request.cursor(ChangeEventID.self), limit: limit + 1)
        let page = found.prefix(limit)
        var headers: HTTPFields = [:]
        if found.count > limit, let last = page.last { headers[.link] = request.nextPage(after: last.id) }
        return JSONResponse(page.map(ChangeView.init), headers: headers)
    }
}

/// A change event as the API shows it.
struct ChangeView: Encodable, Sendable {
    let id: ChangeEventID
    let integrationID: IntegrationID
    let summary: String
    let source: String?
    let service: String?
    let customDetails: JSONValue?
    let links: [AlertLink]
    /// When it happened, as the sender says, or else when we heard of it.
    let timestamp: Date
    let receivedAt: Date

    init(_ change: ChangeEvent) {
        id = change.id
        integrationID = change.integrationID
        summary = change.summary
        source = change.source
        service = change.service
        customDetails = change.details.flatMap { try? JSONGate.parse(Array($0.utf8), limits: .vendor) }
        links = change.links
        timestamp = change.reportedAt ?? change.receivedAt
        receivedAt = change.receivedAt
    }
}

extension IngestAnswer {
    /// PagerDuty's words (interop §1.4) and the id under which it is listed.
    init(recorded change: ChangeEvent) {
        let members: [JSONValue.Member] = [
            .init("status", .string("success")), .init("message", .string("Change event processed")),
            .init("id", .string(change.id.description)),
        ]
        self.init(status: 202, body: JSONValue.object(members).serialized)
    }
}
