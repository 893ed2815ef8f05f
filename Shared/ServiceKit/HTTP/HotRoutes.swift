import Auth
import CoreMetrics
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Synchronization

/// The hot routes of a daemon, and what their answers have in common with those of the framework's middleware.
final class HotRoutes: Sendable {
    let metrics: HTTPMetrics
    let logger: Logger
    private let routes: [HTTPRequest.Method: [Substring: HotRoute]]
    private let taken: [String: Counter]
    /// By method, path and status; looked up with less than ``HTTPMetrics`` has to look up.
    private let series = Mutex<[HTTPRequest.Method: [String: [Int: HTTPMetrics.Series]]]>([:])
    private let headers: HTTPFields
    private let clock: any Clock
    private let date = Mutex((second: 0.0, text: ""))

    /// Nil where there are none.
    init?(_ routes: [HotRoute], metrics: HTTPMetrics, headers: SecureHeadersMiddleware, clock: any Clock, logger: Logger) {
        guard !routes.isEmpty else { return nil }
        var spellings: [HTTPRequest.Method: [Substring: HotRoute]] = [:]
        for route in routes {
            for path in RegisteredRoute(method: route.method, path: route.path, access: .open).spellings {
                spellings[route.method, default: [:]][path[...]] = route
            }
        }
        self.routes = spellings
        taken = Dictionary(routes.map { ($0.path, metrics.hot($0.path)) }, uniquingKeysWith: { first, _ in first })
        self.metrics = metrics
        self.headers = headers.applied(to: [:])
        self.clock = clock
        self.logger = logger
    }

    /// The answer will follow; whoever gives it says that the request has ended.
    func began(_ route: HotRoute) {
        metrics.began()
        answered(route)
    }

    /// No moment passed in which it could have been seen under way.
    func answered(_ route: HotRoute) {
        taken[route.path]?.increment()
    }

    func count(_ route: HotRoute, status: Int, in time: Duration) {
        let series = series.withLock { known in
            if let series = known[route.method]?[route.path]?[status] { return series }
            let series = metrics.series(route: route.path, method: route.method, status: status)
            known[route.method, default: [:]][route.path, default: [:]][status] = series
            return series
        }
        series.count(time)
    }

    /// The hot route of a request whose head is plain: one credential, no header that asks for more, and for a POST JSON of a declared, moderate
    /// length, for a GET no body.
    func route(for head: HTTPRequest) -> (HotRoute, Credential)? {
        guard let known = routes[head.method], let (path, query) = head.target, let route = known[path], isPlain(head, query),
            let credential = AccessGate.credential(in: head.headerFields)
        else { return nil }
        return (route, credential)
    }

    private func isPlain(_ head: HTTPRequest, _ query: Substring) -> Bool {
        var length: Int?
        for field in head.headerFields {
            switch field.name {
            case .contentLength: length = Int(field.value) ?? -1
            case .contentType: guard field.value == "application/json" else { return false }
            case .connection: guard field.value.lowercased() == "keep-alive" else { return false }
            // Whatever else a proxy says, ``PlainHTTPMiddleware`` judges.
            case .forwardedProto: guard field.value == "https" else { return false }
            case .transferEncoding, .contentEncoding, .expect, .origin, .idempotencyKey: return false
            default: continue
            }
        }
        guard head.method == .post else { return length == nil }
        return query.isEmpty && (1...HotRoute.bodyLimit).contains(length ?? 0) && head.headerFields[.contentType] != nil
    }

    /// The headers of every answer.
    func headers(_ trace: TraceContext, type: String, length: Int) -> HTTPFields {
        // Appended, not set: none of them is among the secure ones, so nothing need be searched.
        var headers = headers
        headers.append(HTTPField(name: .contentType, value: type))
        headers.append(HTTPField(name: .contentLength, value: String(length)))
        headers.append(HTTPField(name: .requestID, value: trace.requestID))
        headers.append(HTTPField(name: .traceparent, value: trace.traceparent))
        headers.append(HTTPField(name: .date, value: dateNow()))
        return headers
    }

    private func dateNow() -> String {
        let now = clock.now
        let second = now.timeIntervalSince1970.rounded(.down)
        return date.withLock { date in
            if date.second != second { date = (second, HTTPDate.text(now)) }
            return date.text
        }
    }
}

extension HTTPRequest {
    /// Path and query.
    var target: (path: Substring, query: Substring)? {
        guard let path else { return nil }
        guard let mark = path.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (path[...], "") }
        return (path[..<mark], path[path.utf8.index(after: mark)...])
    }
}
