import HTTPTypes
import Hummingbird
import Logging

/// The outermost layer: gives the call its trace and request id, in its logs, for the clients it uses, and in the answer.
struct TraceMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        let trace = TraceContext.accepting(traceparent: request.headers[.traceparent], requestID: request.headers[.requestID])
        var context = context
        context.trace = trace
        context.logger[metadataKey: "hb.request.id"] = nil
        context.logger[metadataKey: "http.request.id"] = "\(trace.requestID)"
        context.logger[metadataKey: "trace.id"] = "\(trace.traceID)"
        context.logger[metadataKey: "span.id"] = "\(trace.spanID)"
        var response = try await TraceContext.$current.withValue(trace) { try await next(request, context) }
        response.headers[.requestID] = trace.requestID
        response.headers[.traceparent] = trace.traceparent
        return response
    }
}
