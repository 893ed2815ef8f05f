-- fence numbers: unique for every claim of every leased table of the schema
CREATE SEQUENCE notification.fence_seq;

-- ways to reach a person; addresses of record, the account's own e-mail needs no row
CREATE TABLE notification.contact_method (
  id              uuid PRIMARY KEY,
  user_id         uuid NOT NULL,
  kind            text COLLATE "C" NOT NULL CHECK (kind IN ('email', 'webhook', 'sms', 'slack')),
  address         text NOT NULL CHECK (octet_length(address) BETWEEN 1 AND 2000),
  label           text CHECK (char_length(label) BETWEEN 1 AND 100),
  -- the signing key itself: every attempt needs it
  secret          text,
  created_at      timestamptz NOT NULL,
  disabled_at     timestamptz,
  disabled_reason text,
  UNIQUE (user_id, kind, address),
  CHECK ((kind = 'webhook') = (secret IS NOT NULL)),
  CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL))
);

CREATE TABLE notification.notification_rule (
  id            uuid PRIMARY KEY,
  user_id       uuid NOT NULL,
  channel       text COLLATE "C" NOT NULL CHECK (channel IN ('email', 'webhook', 'sms', 'slack', 'mock')),
  delay_minutes bigint NOT NULL CHECK (delay_minutes BETWEEN 0 AND 60),
  created_at    timestamptz NOT NULL,
  UNIQUE (user_id, channel, delay_minutes)
);

-- a promise to tell one person something; the key is the sender's, so that a repeated request is the same promise
CREATE TABLE notification.page (
  id                 uuid PRIMARY KEY,
  firing_id          uuid,
  kind               text COLLATE "C" NOT NULL CHECK (kind IN ('page', 'follow_up', 'notice')),
  incident_id        uuid,
  -- what a client of another system calls the incident, when that is no id of ours
  incident_reference text,
  epoch              bigint,
  recipient_key      text COLLATE "C" NOT NULL,
  user_id            uuid,
  recipient_name     text NOT NULL,
  recipient_email    text NOT NULL,
  recipient_role     text NOT NULL,
  recipient_reason   text NOT NULL,
  urgency            text COLLATE "C" NOT NULL CHECK (urgency IN ('high', 'low')),
  subject            text NOT NULL,
  body               text NOT NULL,
  incident_number    bigint,
  severity           text COLLATE "C" CHECK (severity IN ('critical', 'high', 'medium', 'low')),
  service            text,
  link               text,
  requested_by       text NOT NULL,
  state              text COLLATE "C" NOT NULL CHECK (state IN ('pending', 'sent', 'exhausted', 'expired', 'cancelled')),
  reason             text COLLATE "C",
  channel            text COLLATE "C",
  -- why no further attempt may begin, although one may be under way
  dead_reason        text COLLATE "C",
  created_at         timestamptz NOT NULL,
  expires_at         timestamptz NOT NULL,
  settled_at         timestamptz,
  CHECK ((state = 'pending') = (settled_at IS NULL)),
  CHECK (epoch IS NULL OR (kind = 'page' AND incident_id IS NOT NULL))
);
CREATE INDEX page_by_incident ON notification.page (incident_id, id DESC) WHERE incident_id IS NOT NULL;

-- one promise by one channel to one address; this id is the provider's idempotency key
CREATE TABLE notification.delivery (
  id                uuid PRIMARY KEY,
  page_id           uuid NOT NULL REFERENCES notification.page (id),
  channel           text COLLATE "C" NOT NULL,
  address           text NOT NULL,
  contact_method_id uuid,
  state             text COLLATE "C" NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'expired', 'cancelled', 'buried')),
  reason            text COLLATE "C",
  provider_id       text,
  due_at            timestamptz NOT NULL,
  settled_at        timestamptz,
  CHECK ((state = 'queued') = (settled_at IS NULL))
);
CREATE INDEX delivery_by_page ON notification.delivery (page_id);

-- the hot queue: exactly the deliveries that are still 'queued'
CREATE TABLE notification.delivery_queue (
  id            uuid PRIMARY KEY REFERENCES notification.delivery (id),
  page_id       uuid NOT NULL,
  lane          text COLLATE "C" NOT NULL CHECK (lane IN ('mail', 'web')),
  run_at        timestamptz NOT NULL,
  expires_at    timestamptz NOT NULL,
  incident_id   uuid,
  -- null where no permit is needed and no epoch can kill it
  epoch         bigint,
  recipient_key text COLLATE "C" NOT NULL,
  -- a claim writes only these, and none is indexed, so that it stays a heap-only update
  lease_until   timestamptz,
  fence         bigint NOT NULL DEFAULT 0,
  attempts      integer NOT NULL DEFAULT 0,
  crashes       integer NOT NULL DEFAULT 0,
  worker        text,
  last_error    text
) WITH (fillfactor = 45, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
CREATE INDEX delivery_queue_ready ON notification.delivery_queue (lane, run_at, id);
CREATE INDEX delivery_queue_by_page ON notification.delivery_queue (page_id);
CREATE INDEX delivery_queue_by_incident ON notification.delivery_queue (incident_id) WHERE incident_id IS NOT NULL;

-- the send ledger: a row is there before the provider is called
CREATE TABLE notification.attempt (
  id          uuid PRIMARY KEY,
  delivery_id uuid NOT NULL REFERENCES notification.delivery (id),
  number      integer NOT NULL,
  fence       bigint NOT NULL,
  worker      text NOT NULL,
  permit      text COLLATE "C" NOT NULL CHECK (permit IN ('granted', 'unanswered', 'not_needed')),
  state       text COLLATE "C" NOT NULL CHECK (state IN ('started', 'accepted', 'temporary', 'permanent', 'abandoned', 'in_doubt')),
  reason      text COLLATE "C",
  provider_id text,
  started_at  timestamptz NOT NULL,
  ended_at    timestamptz,
  CHECK ((state = 'started') = (ended_at IS NULL))
);
CREATE INDEX attempt_by_delivery ON notification.attempt (delivery_id, started_at);

-- the highest epoch heard of: older pages are dead, whatever the queue says
CREATE TABLE notification.incident_epoch (
  incident_id uuid PRIMARY KEY,
  epoch       bigint NOT NULL,
  reason      text COLLATE "C" NOT NULL,
  raised_at   timestamptz NOT NULL
);

-- messages for other daemons; a row lives until its destination has answered for it
CREATE TABLE notification.outbox (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  destination  text COLLATE "C" NOT NULL CHECK (octet_length(destination) BETWEEN 1 AND 64),
  message_id   uuid NOT NULL,
  ordering_key text COLLATE "C" CHECK (octet_length(ordering_key) BETWEEN 1 AND 255),
  body         text NOT NULL CHECK (octet_length(body) BETWEEN 1 AND 1048576),
  run_at       timestamptz NOT NULL,
  expires_at   timestamptz,
  created_at   timestamptz NOT NULL,
  lease_until  timestamptz,
  fence        bigint NOT NULL DEFAULT 0,
  attempts     integer NOT NULL DEFAULT 0,
  crashes      integer NOT NULL DEFAULT 0,
  worker       text,
  last_error   text,
  UNIQUE (message_id, destination)
) WITH (fillfactor = 45, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
CREATE INDEX outbox_ready ON notification.outbox (destination, run_at, id);
CREATE INDEX outbox_order ON notification.outbox (destination, ordering_key, id) WHERE ordering_key IS NOT NULL;
CREATE TABLE notification.outbox_dead (
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
CREATE INDEX outbox_dead_time ON notification.outbox_dead (died_at);

-- answers kept, so that a repeated request is answered and not done again
CREATE TABLE notification.idempotency (
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
CREATE INDEX idempotency_age ON notification.idempotency (created_at);
