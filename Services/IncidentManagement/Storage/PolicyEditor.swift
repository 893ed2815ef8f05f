package import Contracts
import Foundation
package import Postgres

/// Escalation policies as people edit them. Every change writes its line of the record in the same transaction.
package struct PolicyEditor: Sendable {
    private let lane: PostgresLane
    /// Room between two policies for one that comes later.
    private static let spacing = 10

    package init(_ lane: PostgresLane) {
        self.lane = lane
    }

    /// All of them in the order in which they are tried.
    package func list(limit: Int) async throws -> [StoredPolicy] {
        try await lane.all(
            StoredPolicy.self, "SELECT \(fragment: StoredPolicy.columns) FROM incident.policy ORDER BY position, id LIMIT \(limit)"
        )
    }

    /// - Throws: ``PolicyError/notFound``.
    package func find(_ id: PolicyID) async throws -> StoredPolicy {
        guard let policy = try await Self.find(id, in: lane) else { throw PolicyError.notFound }
        return policy
    }

    /// - Throws: ``PolicyError/nameTaken``, ``PolicyError/tooMany``, ``PolicyError/changedMeanwhile``.
    package func create(_ draft: PolicyDraft, origin: AuditOrigin) async throws -> StoredPolicy {
        try await Self.namingTaken {
            try await lane.transaction { tx in
                try await Self.requireRoom(in: tx)
                if draft.isDefault { try await Self.demote(at: origin.at, in: tx) }
                let policy = try await tx.one(
                    StoredPolicy.self,
                    """
                    INSERT INTO incident.policy (id, name, description, position, is_active, is_default, conditions, body, created_at, updated_at)
                    SELECT \(PolicyID.make(at: origin.at)), \(draft.name), \(draft.description),
                        coalesce(\(draft.position)::integer,
                            (SELECT coalesce(max(position), 0) + \(Self.spacing)::integer FROM incident.policy)),
                        \(draft.isActive), \(draft.isDefault), \(try JSONText.encoding(draft.conditions)), \(try JSONText.encoding(draft.policy)),
                        \(origin.at), \(origin.at)
                    RETURNING \(fragment: StoredPolicy.columns)
                    """
                )
                try await AuditStore(tx).append(AuditEntry(origin, "policy.create", policy.auditObject, after: policy.audited))
                return policy
            }
        }
    }

    /// Writes a policy over the one stored.
    /// - Parameter version: the version the caller has seen (`If-Match`).
    /// - Throws: ``PolicyError``.
    package func replace(_ id: PolicyID, with draft: PolicyDraft, ifVersion version: Int, origin: AuditOrigin) async throws -> StoredPolicy
    {
        try await Self.namingTaken {
            try await lane.transaction { tx in
                guard let before = try await Self.find(id, in: tx, "FOR UPDATE") else { throw PolicyError.notFound }
                guard version == before.version else { throw PolicyError.changedMeanwhile }
                if draft.isDefault, !before.isDefault { try await Self.demote(at: origin.at, in: tx) }
                let after = try await tx.one(
                    StoredPolicy.self,
                    """
                    UPDATE incident.policy SET name = \(draft.name), description = \(draft.description),
                        position = coalesce(\(draft.position)::integer, position), is_active = \(draft.isActive), is_default = \(draft.isDefault),
                        conditions = \(try JSONText.encoding(draft.conditions)), body = \(try JSONText.encoding(draft.policy)),
                        updated_at = \(origin.at), version = version + 1
                    WHERE id = \(id)
                    RETURNING \(fragment: StoredPolicy.columns)
                    """
                )
                let entry = AuditEntry(origin, "policy.update", after.auditObject, before: before.audited, after: after.audited)
                try await AuditStore(tx).append(entry)
                return after
            }
        }
    }

    /// Deletes a policy; incidents that follow a copy of it go on. Without a default of its own the suite's built-in one stands in.
    package func delete(_ id: PolicyID, ifVersion version: Int? = nil, origin: AuditOrigin) async throws {
        try await lane.transaction { tx in
            guard let before = try await Self.find(id, in: tx, "FOR UPDATE") else { throw PolicyError.notFound }
            if let version, version != before.version { throw PolicyError.changedMeanwhile }
            try await tx.execute("DELETE FROM incident.policy WHERE id = \(id)")
            try await AuditStore(tx).append(AuditEntry(origin, "policy.delete", before.auditObject, before: before.audited))
        }
    }

    private static func find(_ id: PolicyID, in session: any PostgresSession, _ lock: String = "") async throws -> StoredPolicy? {
        try await session.first(
            StoredPolicy.self,
            "SELECT \(fragment: StoredPolicy.columns) FROM incident.policy WHERE id = \(id) \(unsafeSQL: lock)"
        )
    }

    /// New policies come one after another, so that counting them means something.
    private static func requireRoom(in tx: PostgresTransaction) async throws {
        try await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('incident.policy', 20261121))")
        let known = try await tx.value(Int.self, "SELECT count(*) FROM incident.policy")
        guard known < StoredPolicy.most else { throw PolicyError.tooMany }
    }

    /// There is one default: a new one takes the place of the old.
    private static func demote(at now: Date, in tx: PostgresTransaction) async throws {
        try await tx.execute(
            "UPDATE incident.policy SET is_default = false, version = version + 1, updated_at = \(now) WHERE is_default"
        )
    }

    private static func namingTaken<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch  where PostgresError.isUniqueViolation(error, of: "policy_name_key") {
            throw PolicyError.nameTaken
        } catch  where PostgresError.isUniqueViolation(error, of: "policy_one_default") {
            throw PolicyError.changedMeanwhile
        }
    }
}
