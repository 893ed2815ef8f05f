-- Who may report alerts. The key itself is shown once and not kept.
CREATE TABLE alerting.integration (
  id               uuid PRIMARY KEY,
  name             text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 400),
  kind             text COLLATE "C" NOT NULL CHECK (kind IN ('native', 'alertmanager', 'prometheus', 'generic')),
  key_digest       bytea NOT NULL CHECK (octet_length(key_digest) = 32),
  default_severity text COLLATE "C" NOT NULL CHECK (default_severity IN ('critical', 'high', 'medium', 'low')),
  service          text COLLATE "C" CHECK (octet_length(service) BETWEEN 1 AND 1024),
  team             text COLLATE "C" CHECK (octet_length(team) BETWEEN 1 AND 1024),
  is_active        boolean NOT NULL DEFAULT true,
  created_at       timestamptz NOT NULL,
  created_by       text NOT NULL,
  deleted_at       timestamptz,
  CHECK (deleted_at IS NULL OR NOT is_active)
);
CREATE UNIQUE INDEX integration_key ON alerting.integration (key_digest);
CREATE UNIQUE INDEX integration_name ON alerting.integration (name) WHERE deleted_at IS NULL;

-- Alerts that fire, and those a person silenced by closing their incident. Small and hot; the primary key IS the deduplication.
-- No foreign keys on the accept path: each would lock a row of integration or open_group for every alert.
CREATE TABLE alerting.open_alert (
  integration_id uuid NOT NULL,
  dedup_key      text COLLATE "C" NOT NULL CHECK (octet_length(dedup_key) BETWEEN 1 AND 1024),
  alert_id       uuid NOT NULL,
  incident_id    uuid NOT NULL,
  severity       text COLLATE "C" NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low')),
  first_seen_at  timestamptz NOT NULL,
  last_seen_at   timestamptz NOT NULL,
  starts_at      timestamptz,
  expires_at     timestamptz,
  report_count   bigint NOT NULL CHECK (report_count >= 1),
  told_by_seq    bigint NOT NULL CHECK (told_by_seq >= 1),
  muted_at       timestamptz,
  PRIMARY KEY (integration_id, dedup_key)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
CREATE INDEX open_alert_incident ON alerting.open_alert (incident_id);
CREATE INDEX open_alert_expiry ON alerting.open_alert (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX open_alert_muted ON alerting.open_alert (last_seen_at) WHERE muted_at IS NOT NULL;

-- One row per open incident; its lock orders what is told about the incident. At most one group of a key accepts new alerts.
CREATE TABLE alerting.open_group (
  incident_id     uuid PRIMARY KEY,
  correlation_key text COLLATE "C" NOT NULL CHECK (octet_length(correlation_key) BETWEEN 1 AND 2048),
  is_accepting    boolean NOT NULL,
  group_seq       bigint NOT NULL CHECK (group_seq >= 1),
  alert_count     bigint NOT NULL CHECK (alert_count >= 1),
  firing_count    bigint NOT NULL CHECK (firing_count >= 1),
  severity        text COLLATE "C" NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low')),
  opened_at       timestamptz NOT NULL,
  last_alert_at   timestamptz NOT NULL,
  latest_alert_id uuid NOT NULL,
  update_due_at   timestamptz
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
CREATE UNIQUE INDEX open_group_accepting ON alerting.open_group (correlation_key) WHERE is_accepting;
CREATE INDEX open_group_update_due ON alerting.open_group (update_due_at) WHERE update_due_at IS NOT NULL;

-- Every alert there was: written when it fires, completed when it ends. The id is a UUIDv7, so its order is time and a day is a range of ids;
-- retention drops partitions, and the ten-millionth alert costs what the first did.
CREATE TABLE alerting.alert (
  id             uuid NOT NULL,
  integration_id uuid NOT NULL,
  incident_id    uuid NOT NULL,
  dedup_key      text COLLATE "C" NOT NULL,
  source         text COLLATE "C" NOT NULL,
  severity       text COLLATE "C" NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low')),
  service        text COLLATE "C" NOT NULL CHECK (octet_length(service) BETWEEN 1 AND 1024),
  team           text COLLATE "C",
  title          text NOT NULL CHECK (octet_length(title) BETWEEN 1 AND 1024),
  description    text,
  labels         jsonb NOT NULL,
  links          jsonb,
  starts_at      timestamptz,
  reported_at    timestamptz,
  received_at    timestamptz NOT NULL,
  raw            text NOT NULL,
  ended_at       timestamptz,
  end_reason     text COLLATE "C" CHECK (end_reason IN ('resolved', 'expired', 'superseded')),
  report_count   bigint CHECK (report_count >= 1),
  PRIMARY KEY (id),
  CHECK ((ended_at IS NULL) = (end_reason IS NULL) AND (ended_at IS NULL) = (report_count IS NULL))
) PARTITION BY RANGE (id);
CREATE INDEX alert_incident ON alerting.alert (incident_id);
CREATE INDEX alert_service ON alerting.alert (service, id);
-- Takes what no day's partition takes, so that a missing partition never refuses an alert.
CREATE TABLE alerting.alert_default PARTITION OF alerting.alert DEFAULT;

-- Items of a batch that could not be read or stored, with the reasons.
CREATE TABLE alerting.quarantine (
  id             uuid PRIMARY KEY,
  integration_id uuid NOT NULL,
  format         text COLLATE "C" NOT NULL,
  position       integer NOT NULL CHECK (position >= 0),
  faults         jsonb NOT NULL,
  raw            text NOT NULL,
  received_at    timestamptz NOT NULL
);

-- fence numbers: unique for every claim of every leased table of the schema
CREATE SEQUENCE alerting.fence_seq;

-- messages for other daemons; a row lives until its destination has answered for it
CREATE TABLE alerting.outbox (
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
CREATE INDEX outbox_ready ON alerting.outbox (destination, run_at, id);
CREATE INDEX outbox_order ON alerting.outbox (destination, ordering_key, id) WHERE ordering_key IS NOT NULL;
CREATE TABLE alerting.outbox_dead (
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
CREATE INDEX outbox_dead_time ON alerting.outbox_dead (died_at);

-- answers kept, so that a repeated request is answered and not done again
CREATE TABLE alerting.idempotency (
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
CREATE INDEX idempotency_age ON alerting.idempotency (created_at);
