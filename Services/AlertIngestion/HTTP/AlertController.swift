import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import ServiceKit

/// Shows alerts.
struct AlertController: Sendable {
    let alerts: AlertStore
    let quarantine: QuarantineStore

    func addRoutes(to routes: Routes) {
        routes.get("/api/v1/alerts", .role(.viewer), use: list)
        routes.get("/api/v1/alerts/{id}", .role(.viewer), use: show)
        routes.get("/api/v1/quarantine", .role(.viewer), use: quarantined)
    }

    @Sendable func list(request: Request, context: CallContext) async throws -> JSONResponse<[AlertView]> {
        let limit = try request.limit()
        let found = try await alerts.list(try AlertFilter(request), before: try request.cursor(AlertID.self), limit: limit + 1)
        let page = found.prefix(limit)
        var headers: HTTPFields = [:]
        if found.count > limit, let last = page.last { headers[.link] = request.nextPage(after: last.id) }
        return JSONResponse(page.map { AlertView($0, raw: nil) }, headers: headers)
    }

    @Sendable func show(request: Request, context: CallContext) async throws -> JSONResponse<AlertView> {
        guard let alert = try await alerts.find(try context.parameter("id", AlertID.self)) else { throw Problem.notFound("alert") }
        let raw = try? JSONGate.parse(Array(alert.raw.utf8), limits: .vendor)
        return JSONResponse(AlertView(alert, raw: raw ?? .string(alert.raw)))
    }

    @Sendable func quarantined(request: Request, context: CallContext) async throws -> JSONResponse<[QuarantineStore.Entry]> {
        JSONResponse(try await quarantine.list(limit: try request.limit()))
    }
}

extension AlertFilter {
    /// Throws 400 for a value that cannot be.
    init(_ request: Request) throws {
        self.init()
        status = try request.choice("status", Status.self)
        severity = try request.choice("severity", Severity.self)
        service = try request.query("service")
        source = try request.query("source")
        incident = try request.query("incident_id").map { try Self.id($0) }
        since = try request.time("since")
        until = try request.time("until")
        words = try request.query("q")
    }

    private static func id(_ text: String) throws -> IncidentID {
        guard let id = IncidentID(text) else { throw Problem.badRequest(code: "bad_parameter", "incident_id must be a UUID.") }
        return id
    }
}

extension Request {
    fileprivate func choice<Choice: RawRepresentable & CaseIterable>(_ name: String, _ type: Choice.Type) throws -> Choice?
    where Choice.RawValue == String {
        guard let text = try query(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem.badRequest(code: "bad_parameter", "\(name) must be one of \(known).")
        }
        return choice
    }
}
