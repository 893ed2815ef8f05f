import Auth
import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import ServiceKit

/// The record of notifications.
struct NotificationController {
    static let path = "/api/v1/notifications"

    let notifications: NotificationStore
    let clock: any Clock
    let ring: @Sendable (DeliveryLane) -> Void

    func addRoutes(to routes: Routes) {
        routes.get(Self.path, .role(.viewer), use: list)
        routes.get(Self.path + "/{id}", .role(.viewer), use: show)
        routes.post(Self.path + "/{id}/retry", .role(.responder), use: retry)
    }

    @Sendable func list(request: Request, context: CallContext) async throws -> JSONResponse<[NotificationView]> {
        let limit = try request.limit()
        let incident = try request.query("incident_id")
        let filter = NotificationStore.Filter(
            states: try states(request.query("status")), incident: incident.flatMap { IncidentID($0) },
            reference: incident.flatMap { IncidentID($0) == nil ? $0 : nil }, before: try cursor(request.query("cursor")), limit: limit + 1
        )
        let records = try await notifications.list(filter)
        var headers = HTTPFields()
        if records.count > limit, let last = records.prefix(limit).last {
            headers[.link] = "<\(Self.path)?\(next(after: last.id, request))>; rel=\"next\""
        }
        return JSONResponse(records.prefix(limit).map { NotificationView($0, for: context.caller) }, headers: headers)
    }

    @Sendable func show(request: Request, context: CallContext) async throws -> JSONResponse<NotificationView> {
        JSONResponse(try await view(of: try context.parameter("id", PageID.self), for: context.caller))
    }

    @Sendable func retry(request: Request, context: CallContext) async throws -> JSONResponse<NotificationView> {
        let id = try context.parameter("id", PageID.self)
        let now = clock.now
        guard let lanes = try await notifications.retry(id, now: now, expiresAt: now.addingTimeInterval(NotifyRequest.lifetime)) else {
            guard let record = try await notifications.find(id) else { throw NotificationError.unknownNotification }
            throw NotificationError.notRetryable(record.state)
        }
        for lane in lanes { ring(lane) }
        return JSONResponse(try await view(of: id, for: context.caller), status: .accepted)
    }

    private func view(of id: PageID, for caller: Principal) async throws -> NotificationView {
        guard let record = try await notifications.find(id) else { throw NotificationError.unknownNotification }
        let attempts = Dictionary(grouping: try await notifications.attempts(of: id), by: \.deliveryID)
        return NotificationView(record, deliveries: try await notifications.deliveries(of: id), attempts: attempts, for: caller)
    }

    private func states(_ text: String?) throws -> [PageState]? {
        guard let text else { return nil }
        return try text.split(separator: ",").map { word in
            guard let state = NotificationView.state(for: String(word)) else {
                throw Problem.badRequest(code: "bad_parameter", "status must be queued, sent, failed, expired or cancelled.")
            }
            return state
        }
    }

    private func cursor(_ text: String?) throws -> PageID? {
        guard let text else { return nil }
        guard let id = PageID(text) else { throw Problem.badRequest(code: "bad_parameter", "cursor is not one of ours.") }
        return id
    }

    private func next(after id: PageID, _ request: Request) -> String {
        let kept = (request.uri.query ?? "").split(separator: "&").filter { !$0.hasPrefix("cursor=") }
        return (kept + ["cursor=\(id)"]).joined(separator: "&")
    }
}
