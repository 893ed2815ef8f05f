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
        trace.mark(&context.logger)
        var response = try await TraceContext.$current.withValue(trace) { try await next(request, context) }
        response.headers[.requestID] = trace.requestID
        response.headers[.traceparent] = trace.traceparent
        return response
    }
}

extension TraceContext {
    /// The logger that names the call in its every line.
    func marking(_ logger: Logger) -> Logger {
        var logger = logger
        mark(&logger)
        return logger
    }

    /// Names the call in every line of that logger.
    func mark(_ logger: inout Logger) {
        logger[metadataKey: "http.request.id"] = "\(requestID)"
        logger[metadataKey: "trace.id"] = "\(traceID)"
        logger[metadataKey: "span.id"] = "\(spanID)"
    }
}
