import Contracts
package import Foundation
package import Postgres
package import WorkQueue

/// Shift requests: asked, answered once, and ended when nothing is left of them; whom it concerns is told.
package struct ShiftRequestStore: Sendable {
    let lane: PostgresLane
    let outbox: Outbox

    package init(_ lane: PostgresLane, outbox: Outbox) {
        self.lane = lane
        self.outbox = outbox
    }

    /// Asks.
    ///
    /// - Throws: ``OnCallError/unknownTeam``, ``OnCallError/noSchedule``, ``OnCallError/tooMuchAhead``, ``ShiftError``.
    package func make(
        _ draft: ShiftRequestDraft, _ book: AddressBook, once: Repeatable<ShiftRequest>? = nil, _ change: Change
    ) async throws -> Performed<ShiftRequest> {
        try await lane.transaction(once: once, now: change.at) { tx in
            let (lock, _) = try await TeamLock.takeScheduled(draft.team, in: tx)
            guard let board = try await Board.read(draft.team, at: change.at, in: tx) else { throw OnCallError.noSchedule }
            guard book.covers(board) else { throw ShiftError.moving }
            let open = try await tx.value(
                Int.self,
                """
                SELECT count(*) FROM oncall.shift_request WHERE team_id = \(lock.id) AND state = 'open' AND expires_at > \(change.at)
                """)
            guard open < ShiftRequest.mostOpen else { throw OnCallError.tooMuchAhead }
            let request = try draft.request(on: board, book, now: change.at)
            try await Self.insert(request, lock, in: tx)
            try await HistoryStore.record(change.event(.shiftRequested, request.team, request.historyDetails), in: tx)
            try await tell(request, ShiftRequestCircle(board: board, book: book, actor: draft.asker), now: change.at, in: tx)
            return request
        }
    }

    /// - Throws: ``ShiftError/unknownRequest``.
    package func find(_ id: ShiftRequestID) async throws -> ShiftRequest {
        try await Self.find(id, lane)
    }

    static func find(_ id: ShiftRequestID, _ session: some PostgresSession) async throws -> ShiftRequest {
        guard let found = try await session.first(ShiftRequest.self, "\(fragment: ShiftRequest.select) WHERE r.id = \(id)") else {
            throw ShiftError.unknownRequest
        }
        return found
    }

    /// Newest first, of one team or of all, in one state at `now` or in any.
    package func list(team: String?, state: ShiftRequest.State?, at now: Date, limit: Int) async throws -> [ShiftRequest] {
        let ofTeam: SQL = if let team { "AND t.name = \(team)" } else { "" }
        let inState: SQL =
            switch state {
            case nil: ""
            case .open?: "AND r.state = 'open' AND r.expires_at > \(now)"
            case .expired?: "AND (r.state = 'expired' OR r.state = 'open' AND r.expires_at <= \(now))"
            case .some(let state): "AND r.state = \(state)"
            }
        return try await lane.all(
            ShiftRequest.self,
            """
            \(fragment: ShiftRequest.select) WHERE true \(fragment: ofTeam) \(fragment: inState)
            ORDER BY r.created_at DESC, r.id DESC LIMIT \(limit)
            """)
    }

    /// Those that nobody has decided, the first to end first.
    package func open(limit: Int) async throws -> [ShiftRequest] {
        try await lane.all(
            ShiftRequest.self, "\(fragment: ShiftRequest.select) WHERE r.state = 'open' ORDER BY r.expires_at, r.id LIMIT \(limit)")
    }

    private static func insert(_ request: ShiftRequest, _ lock: TeamLock, in tx: PostgresTransaction) async throws {
        try await tx.execute(
            """
            INSERT INTO oncall.shift_request
                (id, team_id, kind, role, asker_name, asker_email, recipient_name, recipient_email, reason, asked_from, asked_until,
                 returned_from, returned_until, created_at, expires_at)
            VALUES (\(request.id), \(lock.id), \(request.kind), \(request.role), \(request.asker.name), \(request.asker.email),
                    \(request.recipient?.name as String?), \(request.recipient?.email as String?), \(request.reason as String?),
                    \(request.asked.map(\.lowerBound)), \(request.asked.map(\.upperBound)), \(request.returned.map(\.lowerBound)),
                    \(request.returned.map(\.upperBound)), \(request.createdAt), \(request.expiresAt))
            """
        )
    }
}

extension ShiftRequest {
    var historyDetails: [String: String] {
        var details = [
            "request_id": id.description, "kind": kind.rawValue, "role": role.rawValue, "asker": asker.email,
            "recipient": recipient?.email ?? team,
        ]
        details["starts_at"] = asked.first?.lowerBound.rfc3339
        details["expires_at"] = asked.last?.upperBound.rfc3339
        details["reason"] = reason
        return details
    }
}
