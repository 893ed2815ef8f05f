import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import ServiceClients
import ServiceKit

/// The pages of a signed-in person: open or resolved incidents, one incident, and the three buttons.
struct PageController: Sendable {
    let incidents: IncidentService
    let health: HealthOverview
    let gate: SessionGate
    let renderer: PageRenderer

    func addRoutes(to routes: Routes) {
        // Open to the kit, which knows no cookies: SessionGate decides.
        routes.get("/", .open, use: dashboard)
        routes.get("/incidents/:number", .open, use: show)
        routes.post("/incidents/:number/acknowledge", .open) { request, context in
            try await change(request, context, "acknowledge")
        }
        routes.post("/incidents/:number/resolve", .open) { request, context in
            try await change(request, context, "resolve")
        }
        routes.post("/incidents/:number/escalate", .open, use: escalate)
    }

    func dashboard(request: Request, context: CallContext) async throws -> Response {
        let list = try Self.list(request)
        return try await gate.signedIn(request) { session in
            async let daemons = health.rows()
            let (person, incidents) = try await overview(list, session)
            let frame = PageFrame(
                title: list.title, user: person, csrf: gate.formToken(session), refreshSeconds: DashboardPage.refreshSeconds
            )
            return renderer.response(.dashboard, DashboardPage(frame, list, incidents: incidents, daemons: await daemons))
        }
    }

    private static func list(_ request: Request) throws -> IncidentList {
        guard let name = try request.query("status") else { return .open }
        guard let list = IncidentList(rawValue: name) else {
            let known = IncidentList.allCases.map(\.rawValue).joined(separator: " or ")
            throw Problem.badRequest(code: "bad_parameter", "status must be \(known).")
        }
        return list
    }

    /// The page is shown without the list when IncidentManagement is away, because it is where people look then.
    ///
    /// - Throws: `Refusal` with 401 when the session is over.
    private func overview(_ list: IncidentList, _ session: PageSession) async throws -> (person: String, incidents: IncidentListing) {
        async let person = incidents.me(session.access)
        async let listed = incidents.incidents(of: list, session.access, limit: DashboardPage.limit)
        do {
            return ((try? await person)?.email ?? "", .known(try await listed))
        } catch let refusal as Refusal {
            guard refusal.status != 401 else { throw refusal }
            return ((try? await person)?.email ?? "", .refused(refusal.detail))
        } catch {
            return ((try? await person)?.email ?? "", .unreachable)
        }
    }

    func show(request: Request, context: CallContext) async throws -> Response {
        let number = try Self.number(context)
        return try await gate.signedIn(request) { session in
            async let person = incidents.me(session.access)
            async let incident = incidents.incident(number, session.access)
            async let entries = incidents.timeline(number, session.access, limit: IncidentPage.entryLimit)
            let frame = PageFrame(title: "", user: try await person.email, csrf: gate.formToken(session))
            return renderer.response(.incident, IncidentPage(frame, incident: try await incident, newest: try await entries))
        }
    }

    private func change(_ request: Request, _ context: CallContext, _ transition: String) async throws -> Response {
        let number = try Self.number(context)
        return try await gate.submitted(request, context) { session, _ in
            try await incidents.change(number, transition, session.access)
            return Response(status: .seeOther, headers: [.location: "/"])
        }
    }

    /// The next level now, unless the incident escalated since the page was shown.
    private func escalate(_ request: Request, _ context: CallContext) async throws -> Response {
        let number = try Self.number(context)
        return try await gate.submitted(request, context) { session, form in
            try await incidents.escalate(number, asOf: form["as_of"].flatMap { Date(rfc3339: $0) }, session.access)
            return Response(status: .seeOther, headers: [.location: "/incidents/\(number)"])
        }
    }

    private static func number(_ context: CallContext) throws -> Int {
        guard let number = Int(try context.parameter("number")), number > 0 else { throw Problem.notFound("incident") }
        return number
    }
}
