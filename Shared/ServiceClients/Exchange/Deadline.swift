/// The work was given up because its time had passed.
struct DeadlineExceeded: Error {}

/// Runs `work` for at most `limit`; then it is cancelled, and ``DeadlineExceeded`` thrown. `work` must heed cancellation.
func withDeadline<Result: Sendable>(
    _ limit: Duration, _ work: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        defer { group.cancelAll() }
        group.addTask { try await work() }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        guard let finished = try await group.next(), let result = finished else { throw DeadlineExceeded() }
        return result
    }
}
