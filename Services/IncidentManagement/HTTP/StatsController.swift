import Contracts
import Foundation
import Hummingbird
import ServiceKit

/// Counts and times: over all incidents, and of one.
struct StatsController: Sendable {
    /// What "lately" means when nobody says since when.
    private static let usualPeriod: TimeInterval = 30 * 86_400

    let stats: StatsStore
    let incidents: IncidentStore
    let clock: any Clock

    func addRoutes(to routes: Routes) {
        routes.get("/api/v1/incidents/stats", .role(.viewer), use: overall)
        routes.get("/api/v1/incidents/:id/metrics", .role(.viewer), use: ofOne)
    }

    func overall(request: Request, context: CallContext) async throws -> JSONResponse<IncidentStats> {
        let until = try time(request, "until") ?? clock.now
        let since = try time(request, "since") ?? max(until - Self.usualPeriod, .goZero)
        return JSONResponse(try await stats.stats(since: since, until: until))
    }

    struct Times: Codable, Sendable {
        let incidentID: IncidentID
        let mttaSeconds: Double?
        let mttrSeconds: Double?
        let alertCount: Int
    }

    func ofOne(request: Request, context: CallContext) async throws -> JSONResponse<Times> {
        let incident = try await incidents.find(try context.incident())
        return JSONResponse(
            Times(
                incidentID: incident.id, mttaSeconds: incident.acknowledgement?.at.timeIntervalSince(incident.createdAt),
                mttrSeconds: incident.resolution?.at.timeIntervalSince(incident.createdAt), alertCount: incident.alertCount
            )
        )
    }

    private func time(_ request: Request, _ name: String) throws -> Date? {
        guard let text = try request.query(name) else { return nil }
        guard let date = Date(rfc3339: text) else {
            throw Problem.badRequest(code: "bad_\(name)", "\(name) must be an RFC 3339 time")
        }
        return date
    }
}
