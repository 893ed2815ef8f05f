-- Hand-off notices: whom each team tells and how long ahead, what was told, and the outbox that takes it to notification-service.

-- Fence numbers: unique for every claim of every leased table of the schema.
CREATE SEQUENCE oncall.fence_seq;

-- Messages for other daemons; a row lives until its destination has answered for it.
CREATE TABLE oncall.outbox (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    destination  text COLLATE "C" NOT NULL CHECK (octet_length(destination) BETWEEN 1 AND 64),
    message_id   uuid NOT NULL,
    ordering_key text COLLATE "C" CHECK (octet_length(ordering_key) BETWEEN 1 AND 255),
    body         text NOT NULL CHECK (octet_length(body) BETWEEN 1 AND 1048576),
    run_at       timestamptz NOT NULL,
    expires_at   timestamptz,
    created_at   timestamptz NOT NULL,
    -- A claim writes only these, and none is indexed, so that it stays a heap-only update.
    lease_until  timestamptz,
    fence        bigint NOT NULL DEFAULT 0,
    attempts     integer NOT NULL DEFAULT 0,
    crashes      integer NOT NULL DEFAULT 0,
    worker       text,
    last_error   text,
    UNIQUE (message_id, destination)
) WITH (fillfactor = 45, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
CREATE INDEX outbox_ready ON oncall.outbox (destination, run_at, id);
CREATE INDEX outbox_order ON oncall.outbox (destination, ordering_key, id) WHERE ordering_key IS NOT NULL;
CREATE TABLE oncall.outbox_dead (
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
CREATE INDEX outbox_dead_time ON oncall.outbox_dead (died_at);

-- A team without a row tells nobody. `next_at` and `seen_version` say when to look again: at the next notice, or when the team changed.
CREATE TABLE oncall.handoff_rule (
    team_id uuid PRIMARY KEY REFERENCES oncall.team (id),
    minutes_ahead bigint[] NOT NULL CHECK (cardinality(minutes_ahead) BETWEEN 1 AND 5 AND 0 <= ALL (minutes_ahead) AND 20160 >= ALL (minutes_ahead)),
    audience text NOT NULL CHECK (audience IN ('oncall', 'offcall', 'both')),
    since timestamptz NOT NULL,
    set_by text NOT NULL,
    next_at timestamptz NOT NULL,
    seen_version bigint NOT NULL
);
CREATE INDEX handoff_rule_due ON oncall.handoff_rule (next_at);

-- What was told, once: whichever replica reckons it second, or after a restart, meets the row. Taken back before it was sent, the row goes too.
CREATE TABLE oncall.handoff_notice (
    page_id uuid PRIMARY KEY,
    team_id uuid NOT NULL REFERENCES oncall.team (id),
    role text NOT NULL CHECK (role IN ('primary', 'secondary')),
    handle text COLLATE "C" NOT NULL CHECK (handle <> ''),
    kind text NOT NULL CHECK (kind IN ('on_call', 'off_call')),
    change_at timestamptz NOT NULL,
    minutes_ahead bigint NOT NULL CHECK (minutes_ahead >= 0),
    made_at timestamptz NOT NULL,
    CONSTRAINT handoff_notice_once UNIQUE (team_id, role, handle, kind, change_at, minutes_ahead)
);
CREATE INDEX handoff_notice_time ON oncall.handoff_notice (made_at);
