import Auth
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// A request of a hot route on its way to the answer.
struct HotCall: Sendable {
    let head: HTTPRequest
    let route: HotRoute
    let credential: Credential
    let trace: TraceContext
    let start = ContinuousClock.now
    private(set) var body = ByteBuffer()

    init(head: HTTPRequest, route: HotRoute, credential: Credential) {
        self.head = head
        self.route = route
        self.credential = credential
        trace = TraceContext.accepting(traceparent: head.headerFields[.traceparent], requestID: head.headerFields[.requestID])
    }

    mutating func append(_ bytes: ByteBuffer) {
        if body.readableBytes == 0 { body = bytes } else { body.writeImmutableBuffer(bytes) }
    }

    /// The answer, counted and logged, as the framework's middleware would give it.
    ///
    /// - Parameter address: The client's, looked up only where the log has it.
    func answer(
        _ make: HotRoute.Answer, _ routes: HotRoutes, from address: @autoclosure () -> String?
    ) -> (head: HTTPResponse, body: ByteBuffer) {
        let answer: (head: HTTPResponse, body: ByteBuffer)
        do {
            answer = success(try make(), trace, routes)
        } catch {
            answer = failure(ErrorMiddleware.problem(for: error, route: route.path, logger: trace.marking(routes.logger)), trace, routes)
        }
        let time = ContinuousClock.now - start
        routes.count(route, status: answer.head.status.code, in: time)
        if ObservationMiddleware.isLogged(answer.head.status, by: routes.logger) {
            ObservationMiddleware.log(
                head.method, route.path, answer.head.status, in: time, from: address(), to: trace.marking(routes.logger))
        }
        return answer
    }

    private func success(_ answer: HotAnswer, _ trace: TraceContext, _ routes: HotRoutes) -> (HTTPResponse, ByteBuffer) {
        let body = ByteBuffer(string: answer.json)
        let headers = routes.headers(trace, type: "application/json", length: body.readableBytes)
        return (HTTPResponse(status: .init(code: answer.status), headerFields: headers), body)
    }

    private func failure(_ problem: Problem, _ trace: TraceContext, _ routes: HotRoutes) -> (HTTPResponse, ByteBuffer) {
        let body = problem.body(requestID: trace.requestID)
        var headers = routes.headers(trace, type: Problem.contentType, length: body.readableBytes)
        for field in problem.headers { headers[field.name] = field.value }
        return (HTTPResponse(status: problem.status, headerFields: headers), body)
    }
}
