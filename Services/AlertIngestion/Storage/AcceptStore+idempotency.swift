import Contracts
import Foundation
import Postgres
import ServiceKit
import WorkQueue

extension AcceptStore {
    /// Takes the idempotency keys of a batch, in order, and finds the answers of those that were taken before.
    ///
    /// Twins never come in one batch (``AlertBatcher``): the second would find the first's key without an answer.
    func knownAnswers(
        _ submissions: [Submission], in tx: PostgresTransaction, now: Date
    ) async throws -> [Int: SubmissionResult] {
        let claims = submissions.enumerated().compactMap { index, submission in submission.idempotency.map { (index, $0) } }
        var known: [Int: SubmissionResult] = [:]
        for (index, claim) in claims.sorted(by: { $0.1.identity.lexicographicallyPrecedes($1.1.identity) }) {
            switch try await idempotency.begin(in: tx, claim, now: now) {
            case .fresh: break
            case .replay(let status, let body): known[index] = .replayed(status: status, body: body)
            case .mismatch: known[index] = .keyReused
            }
        }
        return known
    }

    func keepAnswer(to submission: Submission, _ outcomes: [AcceptOutcome], in tx: PostgresTransaction) async throws {
        guard let claim = submission.idempotency else { return }
        let answer = IngestAnswer(format: submission.format, outcomes: outcomes, quarantined: submission.quarantined.count)
        try await idempotency.complete(in: tx, claim, status: answer.status, body: answer.body)
    }
}
