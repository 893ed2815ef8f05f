import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import ServiceClients
import ServiceKit

/// The pages of a signed-in person: open incidents, one incident, and the two buttons.
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
        try await gate.signedIn(request) { session in
            async let daemons = health.rows()
            let (person, open) = await overview(session)
            let frame = PageFrame(
                title: "Open incidents", user: person, csrf: gate.formToken(session), refreshSeconds: DashboardPage.refreshSeconds
            )
            return renderer.response(.dashboard, DashboardPage(frame, incidents: open, daemons: await daemons))
        }
    }

    /// The page is shown without the list when IncidentManagement is away, because it is where people look then.
    private func overview(_ session: PageSession) async -> (person: String, incidents: [IncidentView]?) {
        async let person = incidents.me(session.access)
        async let open = incidents.unresolved(session.access, limit: DashboardPage.limit)
        return ((try? await person)?.email ?? "", try? await open)
    }

    func show(request: Request, context: CallContext) async throws -> Response {
        let number = try Self.number(context)
        return try await gate.signedIn(request) { session in
            async let person = incidents.me(session.access)
            async let incident = incidents.incident(number, session.access)
            async let entries = incidents.timeline(number, session.access)
            let frame = PageFrame(title: "", user: try await person.email, csrf: gate.formToken(session))
            return renderer.response(.incident, IncidentPage(frame, incident: try await incident, entries: try await entries))
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
