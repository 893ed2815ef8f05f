/// What VACUUM has left to do in one table, as the server counts it.
struct Upkeep: RowDecodable {
    /// With its schema.
    let table: String
    let deadRows: Int

    init(row: PostgresRow) throws {
        table = try row("name")
        deadRows = try row("dead_rows")
    }

    /// A row for each table.
    static func question(of tables: [String]) -> SQL {
        """
        SELECT asked.name, coalesce(pg_stat_get_dead_tuples(to_regclass(asked.name)), 0)::bigint AS dead_rows
          FROM unnest(\(tables)::text[]) AS asked (name)
        """
    }
}
