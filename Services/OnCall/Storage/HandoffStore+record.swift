package import Contracts
package import Foundation
import Postgres
import WorkQueue

/// A notice and the message that tells it.
package struct HandoffPage: Sendable {
    package let notice: HandoffNotice
    package let message: PageMessage

    package init(notice: HandoffNotice, message: PageMessage) {
        self.notice = notice
        self.message = message
    }
}

extension HandoffStore {
    /// Writes each notice that nobody has written before with its message, takes back waiting ones that are no longer true or too old, and
    /// remembers when to look again; one transaction. Nothing happens when the team has changed since it was read: the next tick sees it anew.
    ///
    /// - Parameter nextAt: when to look again unless the team changes before.
    /// - Returns: How many notices were written.
    package func record(_ pages: [HandoffPage], _ plan: HandoffPlan, of due: DueHandoffs, nextAt: Date, now: Date) async throws -> Int {
        try await lane.transaction { tx in
            // Whoever changes the team holds its row; so what is written here is true at the commit.
            let versions = try await tx.values(Int.self, "SELECT version FROM oncall.team WHERE id = \(due.id) FOR SHARE")
            guard versions == [due.version] else { return 0 }
            // The rule's row makes replicas take turns, and tells whether the rule is still the one that was read.
            let isSame =
                try await tx.execute(
                    """
                    UPDATE oncall.handoff_rule SET next_at = \(nextAt), seen_version = \(due.version)
                     WHERE team_id = \(due.id) AND since = \(due.rule.since)
                    """) == 1
            guard isSame else { return 0 }
            try await takeBack(pages.map(\.notice), plan, of: due, now: now, in: tx)
            let fresh = try await insert(pages, of: due, now: now, in: tx)
            let messages = try pages.filter { fresh.contains($0.message.pageID.rawValue) }.map { page in
                OutboxMessage(
                    destination: Self.destination, messageID: page.message.pageID.rawValue, body: try WireJSON.encodeText(page.message),
                    expiresAt: page.message.expiresAt)
            }
            outbox.add(messages, in: tx, now: now)
            return messages.count
        }
    }

    private func insert(_ pages: [HandoffPage], of due: DueHandoffs, now: Date, in tx: PostgresTransaction) async throws -> Set<UUID> {
        guard !pages.isEmpty else { return [] }
        let facts = pages.map(\.notice.fact)
        let ids = try await tx.values(
            UUID.self,
            """
            INSERT INTO oncall.handoff_notice (page_id, team_id, role, handle, kind, change_at, minutes_ahead, made_at)
            SELECT n.page_id, \(due.id), n.role, n.handle, n.kind, n.change_at, n.minutes_ahead, \(now)
              FROM unnest(\(pages.map(\.message.pageID)), \(facts.map(\.role)), \(facts.map(\.handle)), \(facts.map(\.kind)),
                          \(facts.map(\.changeAt)), \(pages.map(\.notice.minutesAhead)))
                   AS n (page_id, role, handle, kind, change_at, minutes_ahead)
            ON CONFLICT ON CONSTRAINT handoff_notice_once DO NOTHING RETURNING page_id
            """)
        return Set(ids)
    }

    /// One that a relay holds may be told already, and stays.
    private func takeBack(
        _ notices: [HandoffNotice], _ plan: HandoffPlan, of due: DueHandoffs, now: Date, in tx: PostgresTransaction
    ) async throws {
        let waiting = try await tx.all(
            WaitingNotice.self,
            """
            SELECT n.page_id, n.role, n.handle, n.kind, n.change_at, n.minutes_ahead
              FROM oncall.handoff_notice n JOIN oncall.outbox o ON o.message_id = n.page_id AND o.destination = \(Self.destination)
             WHERE n.team_id = \(due.id)
            """)
        let untrue = waiting.filter { !plan.facts.contains($0.fact) }
        let old = waiting.filter { row in notices.contains { $0.supersedes(row.fact, minutesAhead: row.minutesAhead, now: now) } }
        guard !untrue.isEmpty || !old.isEmpty else { return }
        let gone = try await tx.values(
            UUID.self,
            """
            DELETE FROM oncall.outbox WHERE destination = \(Self.destination) AND message_id = ANY(\((untrue + old).map(\.id)))
               AND (lease_until IS NULL OR lease_until <= \(now)) RETURNING message_id
            """)
        // What may become true again may be told again.
        let forgotten = untrue.map(\.id).filter(Set(gone).contains)
        try await tx.execute("DELETE FROM oncall.handoff_notice WHERE page_id = ANY(\(forgotten))")
    }
}

private struct WaitingNotice: RowDecodable {
    let id: UUID
    let fact: HandoffNotice.Fact
    let minutesAhead: Int

    init(row: PostgresRow) throws {
        id = try row("page_id")
        fact = HandoffNotice.Fact(
            role: try row("role"), handle: try row("handle"), kind: try row("kind"), changeAt: try row("change_at"))
        minutesAhead = try row("minutes_ahead")
    }
}
