import Contracts

/// A transaction's number that VACUUM may not pass: somebody runs it, or still reads what was before it.
struct HeldSnapshot: RowDecodable {
    let number: String
    /// Begun since, of which nothing that died may be cleared.
    let transactions: Int

    init(row: PostgresRow) throws {
        number = try row("number")
        transactions = try row("transactions")
    }

    /// The oldest matter, and this many are remembered from look to look.
    private static let limit = 20

    /// Oldest first, without those since whom nothing has begun: they hold up nothing, however long they stay.
    ///
    /// PostgreSQL tells a role without further rights neither since when another's transaction has been open nor what kind of session it is,
    /// but it does tell the numbers. A session that works for nobody is autovacuum's; VACUUM itself holds up no other. A standby that tells
    /// what it reads belongs to no database, or has its number in a slot. A back-up ends by itself and holds up VACUUM on purpose: it says so by a
    /// lock, and its `pg_dump` reads under the same number.
    static let question: SQL = """
        SELECT held::text AS number, age(held)::bigint AS transactions
          FROM (SELECT unnest(ARRAY[backend_xid, backend_xmin]) AS held
                  FROM pg_stat_activity
                 WHERE (datid IS NULL OR datname = current_database()) AND usesysid IS NOT NULL AND pid <> pg_backend_pid()
                   AND pid NOT IN (SELECT pid FROM pg_stat_progress_vacuum)
                UNION ALL
                SELECT xmin FROM pg_replication_slots
                UNION ALL
                SELECT transaction FROM pg_prepared_xacts WHERE database = current_database()) AS found
         WHERE age(held) > 0
           AND held NOT IN (SELECT backed.backend_xmin FROM pg_stat_activity AS backed JOIN pg_locks AS l ON l.pid = backed.pid
                             WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND backed.backend_xmin IS NOT NULL
                               AND (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended(\(BackupLock.name), 0))
         GROUP BY held
         ORDER BY age(held) DESC
         LIMIT \(limit)
        """
}
