-- What was changed, and when we heard of it. The id is a UUIDv7, so that its order is time and a month is a range of ids. There is no foreign key
-- to integration: what a deleted integration told stays.
CREATE TABLE alerting.change_event (
  id             uuid NOT NULL,
  integration_id uuid NOT NULL,
  summary        text NOT NULL CHECK (octet_length(summary) BETWEEN 1 AND 4096),
  source         text CHECK (octet_length(source) BETWEEN 1 AND 1024),
  service        text COLLATE "C" CHECK (octet_length(service) BETWEEN 1 AND 1024),
  -- text and not jsonb, which would write its numbers anew
  details        text CHECK (octet_length(details) BETWEEN 1 AND 16384),
  links          jsonb,
  reported_at    timestamptz,
  received_at    timestamptz NOT NULL,
  PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX change_event_service ON alerting.change_event (service, id);
-- Takes what no month's partition takes, so that a missing partition never refuses an event.
CREATE TABLE alerting.change_event_default PARTITION OF alerting.change_event DEFAULT;
