import Auth
package import ServiceKit

extension PostgresConfiguration {
    /// Reads where the database is and how it may be used.
    ///
    /// Keys: `DATABASE_URL` (several hosts, `target_session_attrs`; a secret, so `DATABASE_URL_FILE` works), or `POSTGRES_HOST`, `POSTGRES_PORT`, `POSTGRES_DB`,
    /// `POSTGRES_USER`, `POSTGRES_PASSWORD(_FILE)`; `DB_POOL_SIZE` connections in the lanes and `DB_MAX_OVERFLOW` more for requests; `DB_ECHO` logs statements,
    /// never values; `DB_POOL_TIMEOUT_MS` how long a request waits for a connection before it is answered 503, and `DB_STATEMENT_TIMEOUT_MS` how long
    /// a statement may take; `DB_PREPARED_STATEMENTS=false` behind pgbouncer in transaction mode; `REQUIRE_DURABLE_DATABASE`.
    /// - Throws: `ConfigurationError` naming the key.
    package init(settings: Settings, schema: String) throws {
        let poolSize = try settings.integer("DB_POOL_SIZE", default: Self.defaultPoolSize, 3...64)
        if let url = try settings.optionalSecret("DATABASE_URL")?.reveal() {
            guard ConnectionParameters.isValid(dsn: url) else {
                throw ConfigurationError("DATABASE_URL", "is not a PostgreSQL connection string")
            }
            self.init(dsn: url, schema: schema, poolSize: poolSize)
        } else {
            self.init(dsn: "", schema: schema, poolSize: poolSize)
            keywords = [
                "host": settings.string("POSTGRES_HOST", default: "localhost"),
                "port": settings.string("POSTGRES_PORT", default: "5432"),
                "dbname": settings.string("POSTGRES_DB", default: "tocsin"),
                "user": settings.string("POSTGRES_USER", default: "tocsin_\(schema)"),
            ]
            keywords["password"] = try settings.optionalSecret("POSTGRES_PASSWORD")?.reveal()
        }
        api.limit += try settings.integer("DB_MAX_OVERFLOW", default: 0, 0...64)
        let wait = Duration.milliseconds(try settings.integer("DB_POOL_TIMEOUT_MS", default: 500, 50...60_000))
        let deadline = Duration.milliseconds(try settings.integer("DB_STATEMENT_TIMEOUT_MS", default: 3_000, 500...60_000))
        ingest.wait = wait
        api.wait = wait
        // Nobody waits for an answer of these, so they may wait longer.
        workers.wait = max(workers.wait, wait)
        for lane in [\PostgresConfiguration.ingest, \.api, \.workers] { self[keyPath: lane].deadline = deadline }
        usesPreparedStatements = try settings.flag("DB_PREPARED_STATEMENTS", default: true)
        requiresDurability = try settings.flag("REQUIRE_DURABLE_DATABASE", default: true)
        echoesStatements = try settings.flag("DB_ECHO", default: false)
    }
}
