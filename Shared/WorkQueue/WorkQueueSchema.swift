/// The tables of this module as SQL text, for a daemon's first migration.
///
/// A migration is append-only, so a daemon copies the text once into its `V0001_….sql` (below, with SCHEMA replaced) instead of running
/// these functions: a later change here then is a migration of its own. Tests use the functions. ``all(in:)`` is all three parts.
///
/// ```sql
/// -- fence numbers: unique for every claim of every leased table of the schema
/// CREATE SEQUENCE SCHEMA.fence_seq;
///
/// -- messages for other daemons; a row lives until its destination has answered for it
/// CREATE TABLE SCHEMA.outbox (
///   id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
///   destination  text COLLATE "C" NOT NULL CHECK (octet_length(destination) BETWEEN 1 AND 64),
///   message_id   uuid NOT NULL,
///   ordering_key text COLLATE "C" CHECK (octet_length(ordering_key) BETWEEN 1 AND 255),
///   body         text NOT NULL CHECK (octet_length(body) BETWEEN 1 AND 1048576),
///   run_at       timestamptz NOT NULL,
///   expires_at   timestamptz,
///   created_at   timestamptz NOT NULL,
///   -- a claim writes only these, and none is indexed, so that it stays a heap-only update
///   lease_until  timestamptz,
///   fence        bigint NOT NULL DEFAULT 0,
///   attempts     integer NOT NULL DEFAULT 0,
///   crashes      integer NOT NULL DEFAULT 0,
///   worker       text,
///   last_error   text,
///   UNIQUE (message_id, destination)
/// ) WITH (fillfactor = 45, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0,
///         autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
/// CREATE INDEX outbox_ready ON SCHEMA.outbox (destination, run_at, id);
/// CREATE INDEX outbox_order ON SCHEMA.outbox (destination, ordering_key, id) WHERE ordering_key IS NOT NULL;
/// CREATE TABLE SCHEMA.outbox_dead (
///   id           bigint PRIMARY KEY,
///   destination  text COLLATE "C" NOT NULL,
///   message_id   uuid NOT NULL,
///   ordering_key text COLLATE "C",
///   body         text NOT NULL,
///   expires_at   timestamptz,
///   created_at   timestamptz NOT NULL,
///   attempts     integer NOT NULL,
///   crashes      integer NOT NULL,
///   last_error   text,
///   died_at      timestamptz NOT NULL,
///   reason       text NOT NULL
/// );
/// CREATE INDEX outbox_dead_time ON SCHEMA.outbox_dead (died_at);
///
/// -- answers kept, so that a repeated request is answered and not done again
/// CREATE TABLE SCHEMA.idempotency (
///   scope       text COLLATE "C" NOT NULL CHECK (octet_length(scope) BETWEEN 1 AND 255),
///   route       text COLLATE "C" NOT NULL CHECK (octet_length(route) BETWEEN 1 AND 255),
///   key         text COLLATE "C" NOT NULL CHECK (octet_length(key) BETWEEN 1 AND 255),
///   body_sha256 bytea NOT NULL CHECK (octet_length(body_sha256) = 32),
///   status      smallint CHECK (status BETWEEN 100 AND 599),
///   body        text,
///   created_at  timestamptz NOT NULL,
///   PRIMARY KEY (scope, route, key),
///   CHECK ((status IS NULL) = (body IS NULL))
/// );
/// CREATE INDEX idempotency_age ON SCHEMA.idempotency (created_at);
/// ```
///
/// A table of your own becomes leasable with these columns, an index that begins with the due column (or with an equality column and then
/// the due column), and no index on any of them:
///
/// ```sql
///   lease_until timestamptz,
///   fence       bigint NOT NULL DEFAULT 0,
///   attempts    integer NOT NULL DEFAULT 0,
///   crashes     integer NOT NULL DEFAULT 0,
///   worker      text,
///   last_error  text
/// ```
package enum WorkQueueSchema {
    /// Every table of the module, in an order that can be run.
    package static func all(in schema: String) -> String {
        [fence(in: schema), outbox(in: schema), idempotency(in: schema)].joined(separator: "\n")
    }

    /// The sequence every claim takes its fence from.
    package static func fence(in schema: String) -> String {
        "CREATE SEQUENCE \(schema).fence_seq;"
    }
}
