import HTTPTypes
package import ServiceKit

extension PostgresError: ProblemConvertible {
    /// 503 for what passes by itself, with `Retry-After`; anything else is a fault of ours, whose details stay in the log.
    package var problem: Problem {
        guard isTransient else {
            return Problem(status: .internalServerError, code: "internal_error", detail: "Something went wrong on our side.")
        }
        return .unavailable("The database is not available right now.", retryAfter: .seconds(1))
    }
}

/// A worker whose database is away for a moment is no error to wake anybody for.
extension PostgresError: TransientFailure {}
