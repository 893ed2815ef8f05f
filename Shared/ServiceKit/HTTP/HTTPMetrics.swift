import CoreMetrics
import HTTPTypes
import PrometheusMetrics
import Synchronization

/// `http_server_request_duration_seconds{route,method,status}`, `http_server_requests_total` alike, `http_server_requests_in_flight`, and
/// `http_server_hot_requests_total{route}`, those of them that went the short way of a ``HotRoute``.
final class HTTPMetrics: Sendable {
    /// Upper bounds in seconds: the accept path answers in milliseconds, a hung database in ten seconds.
    static let buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private struct Labels: Hashable {
        let route: String
        let method: String
        let status: Int
    }

    /// The answers of one route, method and status.
    struct Series {
        fileprivate let duration: CoreMetrics.Timer
        fileprivate let total: Counter

        func count(_ time: Duration) {
            duration.recordNanoseconds(Int64(time.inSeconds * 1e9))
            total.increment()
        }
    }

    private let factory: PrometheusMetricsFactory
    private let series = Mutex<[Labels: Series]>([:])
    private let running = Mutex(0)
    private let inFlight: Gauge

    init(_ factory: PrometheusMetricsFactory) {
        self.factory = factory
        factory.describe("http_server_request_duration_seconds", help: "Time from a request's head to its answer.", buckets: Self.buckets)
        factory.describe("http_server_requests_total", help: "Requests answered.")
        factory.describe("http_server_requests_in_flight", help: "Requests being answered now.")
        factory.describe("http_server_hot_requests_total", help: "Requests that went the short way, without the framework.")
        inFlight = Gauge(label: "http_server_requests_in_flight", factory: factory)
        inFlight.record(0)
    }

    /// The requests of a route that go the short way.
    func hot(_ route: String) -> Counter {
        Counter(label: "http_server_hot_requests_total", dimensions: [("route", route)], factory: factory)
    }

    func began() { change(by: 1) }
    func ended() { change(by: -1) }

    private func change(by step: Int) {
        running.withLock { running in
            running += step
            inFlight.record(running)
        }
    }

    func answered(route: String, method: HTTPRequest.Method, status: Int, in time: Duration) {
        series(route: route, method: method, status: status).count(time)
    }

    func series(route: String, method: HTTPRequest.Method, status: Int) -> Series {
        series(Labels(route: route, method: Self.label(method), status: status))
    }

    /// Methods are chosen by callers too.
    private static func label(_ method: HTTPRequest.Method) -> String {
        let known: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]
        return known.contains(method) ? method.rawValue : "other"
    }

    private func series(_ labels: Labels) -> Series {
        series.withLock { known in
            if let series = known[labels] { return series }
            let dimensions = [("route", labels.route), ("method", labels.method), ("status", String(labels.status))]
            let series = Series(
                duration: CoreMetrics.Timer(label: "http_server_request_duration_seconds", dimensions: dimensions, factory: factory),
                total: Counter(label: "http_server_requests_total", dimensions: dimensions, factory: factory)
            )
            known[labels] = series
            return series
        }
    }
}
