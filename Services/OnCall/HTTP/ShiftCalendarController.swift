import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import ServiceKit

/// `GET /calendars/{secret}.ics`: the path is the key, since calendar programs send no other.
struct ShiftCalendarController: Sendable {
    let publisher: CalendarPublisher
    let budget: CalendarBudget
    let clock: any Clock

    func addRoutes(to routes: Routes) {
        routes.get("/calendars/{secret}.ics", .open, use: read)
    }

    @Sendable private func read(request: Request, context: CallContext) async throws -> Response {
        let now = clock.now
        let secret = (try? context.parameter("secret")) ?? ""
        let feed = try await publisher.feed(secret, now: now)
        if let pause = await budget.admit(feed.id, now: now) { throw Problem.tooMany(retryAfter: pause) }
        let document = try await publisher.document(feed, now: now)
        // Kept by the reader alone, and asked for again each time: a revoked address is dead at once.
        let headers: HTTPFields = [.eTag: document.entityTag, .cacheControl: "private, no-cache"]
        if request.headers[values: .ifNoneMatch].contains(where: { Self.names(document.entityTag, $0) }) {
            return Response(status: .notModified, headers: headers)
        }
        var whole = headers
        whole[.contentType] = "text/calendar; charset=utf-8"
        return Response(status: .ok, headers: whole, body: ResponseBody(byteBuffer: ByteBuffer(string: document.text)))
    }

    /// Weak comparison (RFC 9110 §13.1.2).
    private static func names(_ tag: String, _ field: String) -> Bool {
        field.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.contains { candidate in
            candidate == "*" || candidate == tag || candidate == "W/" + tag
        }
    }
}
