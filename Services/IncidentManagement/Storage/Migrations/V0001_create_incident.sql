-- The life of an incident: its state, its escalation timer, its record, and what it tells the other daemons.

-- Names a service to its team, so that an alert that does not say whose it is still finds people.
CREATE TABLE incident.service (
    name text COLLATE "C" PRIMARY KEY CHECK (octet_length(name) BETWEEN 1 AND 1020),
    team text CHECK (team <> ''),
    created_at timestamptz NOT NULL
);

-- One policy is the default: it takes every incident that no other policy's conditions match.
CREATE TABLE incident.policy (
    id uuid PRIMARY KEY,
    name text NOT NULL UNIQUE,
    position integer NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    is_default boolean NOT NULL DEFAULT false,
    conditions jsonb NOT NULL DEFAULT '{}',
    body jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    CHECK (NOT is_default OR is_active)
);
CREATE UNIQUE INDEX policy_one_default ON incident.policy (is_default) WHERE is_default;

-- Uniqueness of open problems lives in schema alerting; here the id alone is unique (it is chosen by AlertIngestion).
-- The timer, its epoch and its lease are columns of the incident: an acknowledge and the death of its timer are one UPDATE.
CREATE SEQUENCE incident.fence_seq;
CREATE TABLE incident.incident (
    id uuid PRIMARY KEY,
    number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    title text NOT NULL CHECK (title <> ''),
    description text,
    status text NOT NULL CHECK (status IN ('open', 'acknowledged', 'investigating', 'resolved')),
    severity text NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low')),
    priority text,
    incident_type text,
    source text NOT NULL CHECK (source IN ('operator', 'monitoring', 'partner')),
    service text COLLATE "C" NOT NULL,
    team text,
    assignees text[] NOT NULL DEFAULT '{}',
    created_by text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    acknowledged_at timestamptz,
    acknowledged_by text,
    resolved_at timestamptz,
    resolved_by text,
    notification_status text NOT NULL DEFAULT 'none' CHECK (notification_status IN ('none', 'pending', 'sent', 'failed')),
    alert_count integer NOT NULL DEFAULT 0 CHECK (alert_count >= 0),
    group_seq integer NOT NULL DEFAULT 0 CHECK (group_seq >= 0),
    labels jsonb NOT NULL DEFAULT '{}',
    links jsonb NOT NULL DEFAULT '[]',
    version integer NOT NULL DEFAULT 1,
    deleted_at timestamptz,
    epoch integer NOT NULL DEFAULT 1,
    step smallint NOT NULL DEFAULT 0,
    round smallint NOT NULL DEFAULT 0,
    has_paged_in_round boolean NOT NULL DEFAULT false,
    next_step_at timestamptz,
    firing_id uuid,
    policy jsonb NOT NULL,
    lease_until timestamptz,
    fence bigint NOT NULL DEFAULT 0,
    attempts integer NOT NULL DEFAULT 0,
    crashes integer NOT NULL DEFAULT 0,
    worker text,
    last_error text,
    CHECK (status = 'open' OR next_step_at IS NULL),
    CHECK (deleted_at IS NULL OR next_step_at IS NULL),
    CHECK ((status = 'resolved') = (resolved_at IS NOT NULL)),
    CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL)),
    CHECK ((resolved_at IS NULL) = (resolved_by IS NULL))
) WITH (fillfactor = 70);
CREATE INDEX incident_due ON incident.incident (next_step_at) WHERE next_step_at IS NOT NULL;
CREATE INDEX incident_newest ON incident.incident (created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX incident_unresolved ON incident.incident (severity) WHERE status <> 'resolved' AND deleted_at IS NULL;

CREATE TABLE incident.timeline_entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incident_id uuid NOT NULL REFERENCES incident.incident (id),
    at timestamptz NOT NULL,
    kind text NOT NULL,
    actor text NOT NULL,
    note text CHECK (octet_length(note) <= 40000),
    details jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX timeline_of_incident ON incident.timeline_entry (incident_id, id);

-- A step fires once per (incident, epoch, step, round), whoever was on call.
CREATE TABLE incident.firing (
    id uuid PRIMARY KEY,
    incident_id uuid NOT NULL REFERENCES incident.incident (id),
    epoch integer NOT NULL,
    step smallint NOT NULL,
    round smallint NOT NULL,
    result text NOT NULL CHECK (result IN ('paged', 'level_skipped', 'fallback')),
    fired_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    UNIQUE (incident_id, epoch, step, round),
    CHECK (fired_at >= due_at)
);

-- A promise to one person; its outcome comes back from Notification.
CREATE TABLE incident.page (
    id uuid PRIMARY KEY,
    firing_id uuid NOT NULL REFERENCES incident.firing (id),
    incident_id uuid NOT NULL REFERENCES incident.incident (id),
    epoch integer NOT NULL,
    recipient text NOT NULL,
    email text NOT NULL,
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sent', 'exhausted', 'expired', 'cancelled')),
    created_at timestamptz NOT NULL,
    settled_at timestamptz,
    UNIQUE (firing_id, email),
    CHECK ((status = 'pending') = (settled_at IS NULL))
);
CREATE INDEX page_of_incident ON incident.page (incident_id, epoch);

-- A grant is the start of an attempt. It lives until the page's outcome arrives or the grant has long run out.
CREATE TABLE incident.permit (
    attempt_id uuid PRIMARY KEY,
    page_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    granted_at timestamptz NOT NULL
);
CREATE INDEX permit_of_incident ON incident.permit (incident_id, granted_at);
CREATE INDEX permit_of_page ON incident.permit (page_id);

-- OnCall's last answer for a target, used when it cannot be reached and while it still holds.
CREATE TABLE incident.on_call_answer (
    target text COLLATE "C" PRIMARY KEY,
    recipients jsonb NOT NULL,
    valid_until timestamptz NOT NULL,
    answered_at timestamptz NOT NULL
);

-- messages for other daemons; a row lives until its destination has answered for it
CREATE TABLE incident.outbox (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    destination  text COLLATE "C" NOT NULL CHECK (octet_length(destination) BETWEEN 1 AND 64),
    message_id   uuid NOT NULL,
    ordering_key text COLLATE "C" CHECK (octet_length(ordering_key) BETWEEN 1 AND 255),
    body         text NOT NULL CHECK (octet_length(body) BETWEEN 1 AND 1048576),
    run_at       timestamptz NOT NULL,
    expires_at   timestamptz,
    created_at   timestamptz NOT NULL,
    -- a claim writes only these, and none is indexed, so that it stays a heap-only update
    lease_until  timestamptz,
    fence        bigint NOT NULL DEFAULT 0,
    attempts     integer NOT NULL DEFAULT 0,
    crashes      integer NOT NULL DEFAULT 0,
    worker       text,
    last_error   text,
    UNIQUE (message_id, destination)
) WITH (fillfactor = 45, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
CREATE INDEX outbox_ready ON incident.outbox (destination, run_at, id);
CREATE INDEX outbox_order ON incident.outbox (destination, ordering_key, id) WHERE ordering_key IS NOT NULL;
CREATE TABLE incident.outbox_dead (
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
CREATE INDEX outbox_dead_time ON incident.outbox_dead (died_at);

-- answers kept, so that a repeated request is answered and not done again
CREATE TABLE incident.idempotency (
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
CREATE INDEX idempotency_age ON incident.idempotency (created_at);
