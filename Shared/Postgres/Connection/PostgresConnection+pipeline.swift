import CPostgres
import Foundation

/// One of several statements that are sent together.
struct PipelineStep: Sendable {
    let name: StatementName
    let sql: SQL
}

/// Pipeline mode (libpq 14): several statements, one wait.
extension PostgresConnection {
    /// Sends all steps at once and waits for all; after one that fails the server skips the others.
    ///
    /// - Returns: Their results.
    /// - Throws: ``PostgresError`` of the first that failed, under its name.
    func runTogether(_ steps: [PipelineStep], deadline: Duration) throws -> [PostgresResult] {
        let buffers = try steps.map { try ParameterBuffer($0.sql.binds) }
        let end = ContinuousClock.now + deadline
        try checkAlive()
        let keys = zip(steps, buffers).map { StatementCache.Key(text: $0.sql.text, types: $1.types) }
        let names = usesPreparedStatements ? try zip(keys, buffers).map { try preparedName(of: $0, $1, end) } : []
        let pointer = try openPointer()
        guard PQenterPipelineMode(pointer) == 1 else { throw lost(pointer) }
        for (index, buffer) in buffers.enumerated() {
            let isSent = buffer.withPointers { values, lengths, formats in
                usesPreparedStatements
                    ? PQsendQueryPrepared(pointer, names[index], buffer.count, values, lengths, formats, 0)
                    : PQsendQueryParams(pointer, steps[index].sql.text, buffer.count, buffer.types, values, lengths, formats, 0)
            }
            guard isSent == 1 else { throw lost(pointer) }
        }
        guard PQpipelineSync(pointer) == 1 else { throw lost(pointer) }
        try flush(pointer, until: end)
        let outcome = try collect(steps, pointer, until: end)
        guard PQexitPipelineMode(pointer) == 1 else { throw lost(pointer) }
        switch outcome {
        case .success(let results): return results
        case .failure(let failed):
            if failed.error.isStalePlan { cache.forget(keys[failed.step]) }
            var error = judge(failed.error, pointer)
            error.statement = steps[failed.step].name
            throw error
        }
    }

    private struct FailedStep: Error {
        let step: Int
        let error: PostgresError
    }

    /// Reads the answers of all steps, whatever they are, up to the mark that ends the pipeline.
    private func collect(
        _ steps: [PipelineStep], _ pointer: OpaquePointer, until end: ContinuousClock.Instant
    ) throws -> Result<[PostgresResult], FailedStep> {
        var results: [PostgresResult] = []
        var failure: FailedStep?
        for step in steps.indices {
            while let result = try answer(pointer, until: end, failure) {
                switch PQresultStatus(result) {
                case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE:
                    failure = failure ?? FailedStep(step: step, error: PostgresError(result: result))
                    PQclear(result)
                case PGRES_PIPELINE_ABORTED:
                    PQclear(result)
                default:
                    results.append(PostgresResult(owning: result))
                }
            }
        }
        guard let mark = try answer(pointer, until: end, failure) else { throw lost(pointer) }
        let isEnd = PQresultStatus(mark) == PGRES_PIPELINE_SYNC
        PQclear(mark)
        guard isEnd else { throw lost(pointer) }
        if let failure { return .failure(failure) }
        guard results.count == steps.count else { throw lost(pointer) }
        return .success(results)
    }

    /// A backend that is terminated first says why, and then hangs up: the reason is the better error.
    private func answer(
        _ pointer: OpaquePointer, until end: ContinuousClock.Instant, _ failure: FailedStep?
    ) throws -> OpaquePointer? {
        do {
            return try nextResult(pointer, until: end)
        } catch {
            throw failure.map { judge($0.error, pointer) } ?? error
        }
    }
}
