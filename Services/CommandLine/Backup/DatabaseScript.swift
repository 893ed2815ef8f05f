import Contracts
import Foundation

/// What psql is given to do. Every script that asks prints one line of JSON.
enum DatabaseScript {
    /// The schemas of the daemons, in the order they are dumped.
    static let schemas = ["alerting", "incident", "oncall", "notification"]

    private static let names = schemas.map { "'\($0)'" }.joined(separator: ", ")

    /// Rows by table, from one snapshot; a partition counts with its table.
    private static let counts = """
        (SELECT json_object_agg(n.nspname || '.' || c.relname,
                  (xpath('/row/count/text()', query_to_xml(format('SELECT count(*) AS count FROM %I.%I', n.nspname, c.relname),
                   false, true, '')))[1]::text::bigint ORDER BY n.nspname, c.relname)
           FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          WHERE n.nspname IN (\(names)) AND c.relkind IN ('r', 'p') AND NOT c.relispartition)
        """

    /// Opens a snapshot that others can read too, and says what is in it.
    static let facts = """
        SET statement_timeout = 0; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = 0;
        BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;
        DO $known$ BEGIN PERFORM pg_advisory_xact_lock_shared(hashtextextended('\(BackupLock.name)', 0)); END $known$;
        SELECT json_build_object(
          'snapshot', pg_export_snapshot(), 'created_at', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
          'server_version', current_setting('server_version'), 'database', current_database(),
          'schemas', json_build_object(\(schemas.map { "'\($0)', (SELECT max(version) FROM \($0).schema_migration)" }.joined(separator: ", "))),
          'counts', \(counts));

        """

    /// What a restore would meet.
    static let target = """
        SELECT json_build_object(
          'database', current_database(),
          'tables', (SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                      WHERE n.nspname IN (\(names)) AND c.relkind IN ('r', 'p')),
          'missing_roles', (SELECT coalesce(json_agg(role ORDER BY role), '[]') FROM unnest(ARRAY[\(names)]) AS s (schema),
                      LATERAL (SELECT 'tocsin_' || s.schema AS role) r
                      WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = r.role)),
          'daemons', (SELECT coalesce(json_agg(DISTINCT usename), '[]') FROM pg_catalog.pg_stat_activity
                       WHERE datname = current_database() AND usename IN (SELECT 'tocsin_' || s FROM unnest(ARRAY[\(names)]) AS s)),
          'may_set_owners', (SELECT coalesce(bool_and(pg_has_role(current_user, oid, 'MEMBER')), true) FROM pg_catalog.pg_roles
                              WHERE rolname IN (SELECT 'tocsin_' || s FROM unnest(ARRAY[\(names)]) AS s)));

        """

    /// Begins the one transaction of a restore. The schemas go first: those of an empty database are made anew by the dump, with their owners.
    static func opening(replacing: Bool) -> String {
        let guarded = """
            DO $empty$ BEGIN
              IF EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                          WHERE n.nspname IN (\(names)) AND c.relkind IN ('r', 'p')) THEN
                RAISE EXCEPTION 'somebody made tables here meanwhile: a daemon was started';
              END IF;
            END $empty$;

            """
        return """
            BEGIN;
            SET LOCAL lock_timeout = '10s';
            \(replacing ? "" : guarded)DROP SCHEMA IF EXISTS \(schemas.joined(separator: ", ")) CASCADE;

            """
    }

    /// Lets no cached page of the incident list be taken for one of the restored suite: the stamps would come back as they were, and with them whatever
    /// Redis still has from then.
    private static let restamping = """
        DO $stamps$ BEGIN
          IF to_regclass('incident.list_stamp') IS NOT NULL THEN UPDATE incident.list_stamp SET stamp = gen_random_uuid(); END IF;
        END $stamps$;
        """

    /// Compares what was restored with the manifest, sets the hold, and commits: all of it becomes visible at once, or nothing.
    static func closing(_ manifest: BackupManifest, hold: String) throws -> String {
        let expected = try WireJSON.encodeText(manifest.counts).replacing("'", with: "''")
        let holds = ["notification", "incident"].map { schema in
            """
            UPDATE \(schema).paging_hold SET released_at = now(), released_by = 'restore' WHERE released_at IS NULL;
            INSERT INTO \(schema).paging_hold (id, reason, held_at) VALUES ('\(hold)', 'restored', now());
            """
        }
        return """

            SET search_path = pg_catalog;
            DO $check$ DECLARE difference text; BEGIN
              SELECT string_agg(format('%s: %s in the back-up, %s restored', coalesce(e.key, r.key), e.value, r.value), '; ') INTO difference
                FROM json_each_text('\(expected)') e FULL JOIN json_each_text(\(counts)) r ON r.key = e.key
               WHERE e.value IS DISTINCT FROM r.value;
              IF difference IS NOT NULL THEN RAISE EXCEPTION 'the restored tables differ from the manifest: %', difference; END IF;
              IF to_regclass('notification.paging_hold') IS NULL OR to_regclass('incident.paging_hold') IS NULL THEN
                RAISE EXCEPTION 'the back-up is older than the hold on paging: restore it with the release that made it';
              END IF;
            END $check$;
            \(holds.joined(separator: "\n"))
            \(restamping)
            COMMIT;
            ANALYZE;

            """
    }
}
