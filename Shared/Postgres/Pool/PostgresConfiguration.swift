/// Where the database is and how it may be used.
package struct PostgresConfiguration: Sendable {
    /// A libpq URI or keyword string; several hosts are tried in order.
    let dsn: String
    /// Overrides in the form of libpq keywords, for what has no place in the DSN.
    var keywords: [String: String] = [:]
    /// The daemon's schema, for `application_name` and the migrator.
    package let schema: String
    package var ingest: LaneConfiguration
    package var api: LaneConfiguration
    package var workers: LaneConfiguration
    /// Off behind pgbouncer in transaction mode, which also takes no `options`; the role's settings then carry the server time-outs.
    package var usesPreparedStatements = true
    /// Whether readiness fails on a server that may lose what it has confirmed (ING-2).
    package var requiresDurability = true
    /// Whether statements are logged; never their values.
    package var echoesStatements = false
    /// Settings of the server for every connection, beside our usual ones; not behind pgbouncer, which takes none.
    package var serverSettings: [String: String] = [:]
    /// After about this time a connection is replaced.
    package var connectionLifetime: Duration = .seconds(1800)

    /// - Parameters:
    ///   - dsn: As libpq takes it, e.g. `postgresql://tocsin@db1,db2/tocsin?target_session_attrs=read-write`.
    ///   - poolSize: Connections in the three lanes together, at least 3; listener and doorbell add one each.
    package init(dsn: String, schema: String, poolSize: Int = defaultPoolSize) {
        self.dsn = dsn
        self.schema = schema
        let share = max(1, poolSize / 3)
        ingest = LaneConfiguration(limit: share)
        workers = LaneConfiguration(limit: share, wait: .seconds(2))
        api = LaneConfiguration(limit: max(1, poolSize - 2 * share))
    }

    /// With listener and doorbell it makes 8 connections a process, of PostgreSQL's 100 (architecture §4.1).
    package static let defaultPoolSize = 6

    /// NOTIFY and the clock measurement must not wait behind work.
    var doorbell: LaneConfiguration { LaneConfiguration(limit: 1, wait: .seconds(2), deadline: .seconds(2)) }
}

/// The DSN may hold a password, so nothing of it is ever printed.
extension PostgresConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "PostgresConfiguration(\(schema))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["schema": schema]) }
}
