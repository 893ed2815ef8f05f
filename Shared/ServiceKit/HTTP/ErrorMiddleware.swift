import HTTPTypes
import Hummingbird
import Logging

/// The one place where errors become answers. One that nobody foresaw is a 500 without details, logged once with the request id.
struct ErrorMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            return problem(for: error, request, context).response(requestID: context.requestID)
        }
    }

    private func problem(for error: any Error, _ request: Request, _ context: CallContext) -> Problem {
        if (error as? HTTPError)?.status == .notFound { return Self.unmatched(request) }
        // A fault of ours that an error type knows how to word (PostgresError's) is logged like one that nobody foresaw.
        let known = Problem(error)
        if let known, known.status != .internalServerError { return known }
        context.logger.error(
            "request failed",
            metadata: [
                "error.type": "\(type(of: error))", "error.message": "\(error)", "http.route": "\(context.endpointPath ?? "unmatched")",
            ]
        )
        return known ?? .internalError
    }

    private static func unmatched(_ request: Request) -> Problem {
        guard HTTPRequest.Method.known.contains(request.method) else {
            return Problem(status: .notImplemented, code: "not_implemented", detail: "This method is unknown here.")
        }
        return Problem(status: .notFound, code: "not_found", detail: "There is nothing at this path.")
    }
}
