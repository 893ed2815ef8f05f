extension WorkQueueSchema {
    /// `outbox` and `outbox_dead`.
    package static func outbox(in schema: String) -> String {
        """
        CREATE TABLE \(schema).outbox (
          id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          destination  text COLLATE "C" NOT NULL CHECK (octet_length(destination) BETWEEN 1 AND 64),
          message_id   uuid NOT NULL,
          ordering_key text COLLATE "C" CHECK (octet_length(ordering_key) BETWEEN 1 AND 255),
          body         text NOT NULL CHECK (octet_length(body) BETWEEN 1 AND 1048576),
          run_at       timestamptz NOT NULL,
          expires_at   timestamptz,
          created_at   timestamptz NOT NULL,
          \(leaseColumns),
          UNIQUE (message_id, destination)
        ) WITH (fillfactor = 45, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0,
                autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
        CREATE INDEX outbox_ready ON \(schema).outbox (destination, run_at, id);
        CREATE INDEX outbox_order ON \(schema).outbox (destination, ordering_key, id) WHERE ordering_key IS NOT NULL;
        CREATE TABLE \(schema).outbox_dead (
          id           bigint PRIMARY KEY,
          destination  text COLLATE "C" NOT NULL,
          message_id   uuid NOT NULL,
          ordering_key text COLLATE "C",
          body         text NOT NULL,
          expires_at   timestamptz,
          created_at   timestamptz NOT NULL,
          attempts     integer NOT NULL,
          crashes      integer NOT NULL,
          last_error   text,
          died_at      timestamptz NOT NULL,
          reason       text NOT NULL
        );
        CREATE INDEX outbox_dead_time ON \(schema).outbox_dead (died_at);
        """
    }

    /// `idempotency`, see ``IdempotencyStore``.
    package static func idempotency(in schema: String) -> String {
        """
        CREATE TABLE \(schema).idempotency (
          scope       text COLLATE "C" NOT NULL CHECK (octet_length(scope) BETWEEN 1 AND 255),
          route       text COLLATE "C" NOT NULL CHECK (octet_length(route) BETWEEN 1 AND 255),
          key         text COLLATE "C" NOT NULL CHECK (octet_length(key) BETWEEN 1 AND 255),
          body_sha256 bytea NOT NULL CHECK (octet_length(body_sha256) = 32),
          status      smallint CHECK (status BETWEEN 100 AND 599),
          body        text,
          created_at  timestamptz NOT NULL,
          PRIMARY KEY (scope, route, key),
          CHECK ((status IS NULL) = (body IS NULL))
        );
        CREATE INDEX idempotency_age ON \(schema).idempotency (created_at);
        """
    }

    /// What ``LeasedTable`` needs of a table; never indexed, so that a claim stays a heap-only update.
    package static let leaseColumns = """
        lease_until timestamptz,
          fence       bigint NOT NULL DEFAULT 0,
          attempts    integer NOT NULL DEFAULT 0,
          crashes     integer NOT NULL DEFAULT 0,
          worker      text,
          last_error  text
        """
}
