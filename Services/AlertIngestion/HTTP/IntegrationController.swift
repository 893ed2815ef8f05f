import Auth
import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import ServiceKit

/// Manages integrations; a key is shown when it is made and never again.
struct IntegrationController: Sendable {
    /// Integrations of one suite; more are a mistake of a script.
    static let listLimit = 500

    let store: IntegrationStore
    let directory: IntegrationDirectory
    let clock: any Clock

    func addRoutes(to routes: Routes) {
        routes.post("/api/v1/integrations", .role(.admin), use: create)
        routes.get("/api/v1/integrations", .role(.admin), use: list)
        routes.get("/api/v1/integrations/{id}", .role(.admin), use: show)
        routes.delete("/api/v1/integrations/{id}", .role(.admin), use: delete)
    }

    @Sendable func create(request: Request, context: CallContext) async throws -> JSONResponse<IntegrationView> {
        let integration = try Integration(drafted: try await request.jsonBody(context), at: clock.now)
        let key = IntegrationKey.make()
        try await store.create(integration, key: key, by: context.caller.actor)
        directory.forget()
        context.logger.notice(
            "integration created", metadata: ["integration.id": "\(integration.id)", "user.name": "\(context.caller.actor)"])
        return JSONResponse(IntegrationView(integration, key: key.reveal()), status: .created)
    }

    @Sendable func list(request: Request, context: CallContext) async throws -> JSONResponse<[IntegrationView]> {
        JSONResponse(try await store.list(limit: Self.listLimit).map { IntegrationView($0) })
    }

    @Sendable func show(request: Request, context: CallContext) async throws -> JSONResponse<IntegrationView> {
        guard let integration = try await store.find(try context.parameter("id", IntegrationID.self)) else {
            throw Problem.notFound("integration")
        }
        return JSONResponse(IntegrationView(integration))
    }

    @Sendable func delete(request: Request, context: CallContext) async throws -> Response {
        let id = try context.parameter("id", IntegrationID.self)
        guard try await store.delete(id, now: clock.now) else { throw Problem.notFound("integration") }
        directory.forget()
        context.logger.notice("integration deleted", metadata: ["integration.id": "\(id)", "user.name": "\(context.caller.actor)"])
        return Response(status: .noContent)
    }
}

/// An integration as the API shows it.
struct IntegrationView: Encodable, Sendable {
    let id: IntegrationID
    let name: String
    let kind: Integration.Kind
    let defaultSeverity: Severity
    let service: String?
    let team: String?
    let isActive: Bool
    let createdAt: Date
    /// Only in the answer that makes it.
    let key: String?
    let keyHint: String?

    init(_ integration: Integration, key: String? = nil) {
        id = integration.id
        name = integration.name
        kind = integration.kind
        defaultSeverity = integration.defaultSeverity
        service = integration.service
        team = integration.team
        isActive = integration.isActive
        createdAt = integration.createdAt
        self.key = key
        keyHint = key == nil ? nil : "The key is shown only now; send it as Authorization: Bearer."
    }
}

extension Integration {
    /// A new integration as somebody asked for it.
    /// - Throws: `InvalidFields` with all faults.
    init(drafted body: JSONValue, at now: Date) throws(InvalidFields) {
        var fields = FieldReader(body)
        let name = fields.text("name", 1...100)
        let kind = fields.optionalChoice("kind", Kind.self) ?? .native
        let severity = fields.optionalChoice("default_severity", Severity.self) ?? .medium
        let service = fields.optionalIdentity("service", characters: AlertLimits.serviceCharacters)
        let team = fields.optionalIdentity("team", characters: AlertLimits.teamCharacters)
        try fields.finish()
        self.init(
            id: .make(at: now), name: name, kind: kind, defaultSeverity: severity, service: service, team: team,
            createdAt: now.truncatedToMicroseconds)
    }
}
