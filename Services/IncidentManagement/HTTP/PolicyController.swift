import Auth
import Contracts
import Foundation
import HTTPTypes
import Hummingbird
package import ServiceKit

/// `/api/v1/escalation/policies`: whom to page about what.
struct PolicyController: Sendable {
    let policies: PolicyEditor
    let clock: any Clock

    func addRoutes(to routes: Routes) {
        routes.get("/api/v1/escalation/policies", .role(.viewer), use: list)
        routes.post("/api/v1/escalation/policies", .role(.admin), use: create)
        routes.get("/api/v1/escalation/policies/:id", .role(.viewer), use: show)
        routes.patch("/api/v1/escalation/policies/:id", .role(.admin), use: change)
        routes.delete("/api/v1/escalation/policies/:id", .role(.admin), use: delete)
    }

    @Sendable func list(_ request: Request, _ context: CallContext) async throws -> JSONResponse<[PolicyView]> {
        JSONResponse(try await policies.list(limit: StoredPolicy.most).map { PolicyView($0) })
    }

    @Sendable func create(_ request: Request, _ context: CallContext) async throws -> JSONResponse<PolicyView> {
        let draft = try PolicyDraft(try await request.jsonBody(context))
        let policy = try await policies.create(draft, origin: context.origin(at: clock.now))
        var headers = EntityTag.header(policy.version)
        headers[.location] = "/api/v1/escalation/policies/\(policy.id)"
        return JSONResponse(PolicyView(policy), status: .created, headers: headers)
    }

    @Sendable func show(_ request: Request, _ context: CallContext) async throws -> JSONResponse<PolicyView> {
        let policy = try await policies.find(try Self.id(context))
        return JSONResponse(PolicyView(policy), headers: EntityTag.header(policy.version))
    }

    /// Members that are sent replace those that are stored (RFC 7396, one level deep): a policy with one changed step is sent with all its
    /// steps.
    @Sendable func change(_ request: Request, _ context: CallContext) async throws -> JSONResponse<PolicyView> {
        let id = try Self.id(context)
        let version = try EntityTag.expected(by: request)
        let patch = try await request.jsonBody(context)
        let before = try await policies.find(id)
        if let version, version != before.version { throw PolicyError.changedMeanwhile }
        let draft = try PolicyDraft(try Self.merged(before, patch), id: id)
        let after = try await policies.replace(id, with: draft, ifVersion: before.version, origin: context.origin(at: clock.now))
        return JSONResponse(PolicyView(after), headers: EntityTag.header(after.version))
    }

    @Sendable func delete(_ request: Request, _ context: CallContext) async throws -> Response {
        try await policies.delete(
            try Self.id(context), ifVersion: try EntityTag.expected(by: request), origin: context.origin(at: clock.now)
        )
        return Response(status: .noContent)
    }

    private static func id(_ context: CallContext) throws -> PolicyID {
        guard let id = PolicyID(try context.parameter("id")) else { throw PolicyError.notFound }
        return id
    }

    private static func merged(_ before: StoredPolicy, _ patch: JSONValue) throws -> JSONValue {
        let stored = try JSONGate.parse(try WireJSON.encode(PolicyView(before)), limits: .internal).members ?? []
        let sent = patch.members ?? []
        let names = Set(sent.map(\.key))
        return .object(stored.filter { !names.contains($0.key) && !PolicyView.ours.contains($0.key) } + sent)
    }
}

extension PolicyError: ProblemConvertible {
    package var problem: Problem {
        switch self {
        case .notFound: .notFound("policy")
        case .nameTaken: .conflict(code: "name_taken", "Another policy has this name.")
        case .tooMany:
            .conflict(
                code: "too_many_policies",
                "There are \(StoredPolicy.most) policies. Delete one that nothing needs any more, or let one policy's conditions take several services or teams."
            )
        case .changedMeanwhile: .preconditionFailed
        }
    }
}
