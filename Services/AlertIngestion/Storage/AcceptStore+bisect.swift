import Contracts
package import Foundation
import Postgres

extension AcceptStore {
    /// Accepts submissions together; when the database refuses what one of them holds, it alone fails (architecture §4.1).
    ///
    /// A vendor's batch with such an alert is stored without it, and the alert is quarantined.
    package func acceptEach(_ submissions: [Submission], now: Date) async -> [Result<SubmissionResult, any Error>] {
        do {
            return try await accept(submissions, now: now).map { .success($0) }
        } catch let error as PostgresError where error.isAboutData {
            guard submissions.count > 1 else { return [await acceptWithoutFaulty(submissions[0], error, now: now)] }
            let middle = submissions.count / 2
            let first = await acceptEach(Array(submissions[..<middle]), now: now)
            return first + (await acceptEach(Array(submissions[middle...]), now: now))
        } catch {
            return submissions.map { _ in .failure(error) }
        }
    }

    private func acceptWithoutFaulty(
        _ submission: Submission, _ error: PostgresError, now: Date
    ) async -> Result<SubmissionResult, any Error> {
        guard submission.format != .native else { return .failure(error) }
        do {
            let faulty = try await faulty(submission.alerts[...], now: now)
            guard !faulty.isEmpty else { return .failure(error) }
            let positions = submission.positions
            var rest = submission
            for (index, state) in faulty.sorted(by: { $0.key > $1.key }) {
                let alert = rest.alerts.remove(at: index)
                let position = positions[index]
                let fault = FieldFault(pointer: "/\(position)", detail: "could not be stored (\(state))")
                rest.quarantined.append(QuarantinedItem(index: position, raw: alert.event.raw, faults: [fault]))
            }
            return .success(try await accept([rest], now: now)[0])
        } catch {
            return .failure(error)
        }
    }

    /// The positions of the alerts that the database refuses, with its words for it, found by halving in transactions that are rolled back.
    private func faulty(_ alerts: ArraySlice<IncomingAlert>, now: Date) async throws -> [Int: String] {
        do {
            try await rehearse(Array(alerts), now: now)
            return [:]
        } catch let error as PostgresError where error.isAboutData {
            guard alerts.count > 1 else { return [alerts.startIndex: error.sqlState ?? error.kind.rawValue] }
            let middle = alerts.startIndex + alerts.count / 2
            let first = try await faulty(alerts[..<middle], now: now)
            return first.merging(try await faulty(alerts[middle...], now: now)) { one, _ in one }
        }
    }

    private func rehearse(_ alerts: [IncomingAlert], now: Date) async throws {
        do {
            try await lane.transaction { tx in
                let hot = HotTables(tx: tx)
                _ = try await correlate(alerts, in: hot, now: now)
                try await tx.flush()
                throw Rehearsed()
            }
        } catch is Rehearsed {
            return
        } catch let error as PostgresError where error.isLostRace {
            return
        }
    }
}

private struct Rehearsed: Error {}

extension Submission {
    /// Where in the body each alert was: every item of a batch is either an alert, in order, or was set aside with its own place.
    fileprivate var positions: [Int] {
        let setAside = Set(quarantined.map(\.index))
        return (0..<alerts.count + quarantined.count).filter { !setAside.contains($0) }
    }
}

extension PostgresError {
    /// The values are at fault, not the server or the moment: classes 22 (data), 23 (constraint) and 54 (limits), or a text that cannot be bound.
    var isAboutData: Bool {
        if kind == .invalidValue { return true }
        guard kind == .server, let sqlState else { return false }
        return ["22", "23", "54"].contains(String(sqlState.prefix(2)))
    }
}
