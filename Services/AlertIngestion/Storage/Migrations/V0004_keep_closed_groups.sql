-- A group whose incident a person ended, as it was then: when the incident is reopened, the group takes up again what still fires, and its key.
CREATE TABLE alerting.closed_group (
  incident_id     uuid PRIMARY KEY,
  correlation_key text COLLATE "C" NOT NULL,
  is_accepting    boolean NOT NULL,
  group_seq       bigint NOT NULL,
  alert_count     bigint NOT NULL,
  firing_count    bigint NOT NULL,
  severity        text COLLATE "C" NOT NULL,
  opened_at       timestamptz NOT NULL,
  last_alert_at   timestamptz NOT NULL,
  latest_alert_id uuid NOT NULL,
  update_due_at   timestamptz,
  closed_at       timestamptz NOT NULL
);
CREATE INDEX closed_group_age ON alerting.closed_group (closed_at);
