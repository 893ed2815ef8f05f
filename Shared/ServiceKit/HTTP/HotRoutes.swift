import Auth
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Synchronization

/// The hot routes of a daemon, and what their answers have in common with those of the framework's middleware.
final class HotRoutes: Sendable {
    let metrics: HTTPMetrics
    let logger: Logger
    private let routes: [String: HotRoute]
    private let headers: HTTPFields
    private let clock: any Clock
    private let date = Mutex((second: 0.0, text: ""))

    /// Nil where there are none.
    init?(_ routes: [HotRoute], metrics: HTTPMetrics, headers: SecureHeadersMiddleware, clock: any Clock, logger: Logger) {
        guard !routes.isEmpty else { return nil }
        var spellings: [String: HotRoute] = [:]
        for route in routes {
            for path in RegisteredRoute(method: .post, path: route.path, access: .open).spellings { spellings[path] = route }
        }
        self.routes = spellings
        self.metrics = metrics
        self.headers = headers.applied(to: [:])
        self.clock = clock
        self.logger = logger
    }

    /// The hot route of a request whose head is plain: JSON of a declared, moderate length, one credential, and no header that asks for more.
    func route(for head: HTTPRequest) -> (HotRoute, Credential)? {
        guard head.method == .post, let path = head.path, let route = routes[path] else { return nil }
        var length: Int?
        for field in head.headerFields {
            switch field.name {
            case .contentLength: length = Int(field.value)
            case .contentType: guard field.value == "application/json" else { return nil }
            case .connection: guard field.value.lowercased() == "keep-alive" else { return nil }
            case .transferEncoding, .contentEncoding, .expect, .origin, .idempotencyKey: return nil
            default: continue
            }
        }
        guard let length, (1...HotRoute.bodyLimit).contains(length), head.headerFields[.contentType] != nil,
            let credential = AccessGate.credential(in: head.headerFields)
        else {
            return nil
        }
        return (route, credential)
    }

    /// The headers of every answer.
    func headers(_ trace: TraceContext, type: String, length: Int) -> HTTPFields {
        var headers = headers
        headers[.contentType] = type
        headers[.contentLength] = String(length)
        headers[.requestID] = trace.requestID
        headers[.traceparent] = trace.traceparent
        headers[.date] = dateNow()
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
