/// What keeps VACUUM from clearing one table, and what it has left to do there, as the server sees it now.
struct Upkeep: RowDecodable {
    /// With its schema.
    let table: String
    let deadRows: Int
    /// Seconds of the longest transaction under way; PostgreSQL shows a role only those of its own.
    let oldestTransaction: Double
    /// Transactions begun since the oldest snapshot in use, of any role: what died in them must be kept for it.
    let oldestSnapshot: Int

    init(row: PostgresRow) throws {
        table = try row("name")
        deadRows = try row("dead_rows")
        oldestTransaction = try row("oldest_transaction")
        oldestSnapshot = try row("oldest_snapshot")
    }

    /// A row for each table. The time is the server's own, for so are the transactions'.
    static func question(of tables: [String]) -> SQL {
        """
        SELECT asked.name, coalesce(pg_stat_get_dead_tuples(to_regclass(asked.name)), 0)::bigint AS dead_rows,
            sessions.oldest_transaction, sessions.oldest_snapshot
          FROM (SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::float8 AS oldest_transaction,
                       coalesce(max(age(backend_xmin)), 0)::bigint AS oldest_snapshot
                  FROM pg_stat_activity
                 WHERE datname = current_database() AND pid <> pg_backend_pid()) AS sessions,
               unnest(\(tables)::text[]) AS asked (name)
        """
    }
}
