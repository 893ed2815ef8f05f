import ServiceKit

/// A neighbour that may answer the next time is no error to wake anybody for.
extension ClientError: TransientFailure {
    package var isTransient: Bool { isRetryable }
}
