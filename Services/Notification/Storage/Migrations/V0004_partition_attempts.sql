-- The send ledger grows with every attempt. By months of its ids, which are UUIDv7, it is dropped instead of deleted; by days it would be hundreds
-- of partitions, and the look-ups by delivery would probe each. Pages and deliveries are changed and joined with every attempt and stay whole:
-- their rows are deleted some at a time once their attempts are gone.
ALTER TABLE notification.attempt RENAME TO attempt_before;
ALTER INDEX notification.attempt_pkey RENAME TO attempt_before_pkey;
ALTER INDEX notification.attempt_by_delivery RENAME TO attempt_before_by_delivery;

CREATE TABLE notification.attempt (
  id          uuid NOT NULL,
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
  PRIMARY KEY (id),
  CHECK ((state = 'started') = (ended_at IS NULL))
) PARTITION BY RANGE (id);
CREATE INDEX attempt_by_delivery ON notification.attempt (delivery_id, started_at);
-- Takes what no month takes, so that a missing partition never stops a page.
CREATE TABLE notification.attempt_default PARTITION OF notification.attempt DEFAULT;

-- The months of what is there; those to come are made by the daemon.
DO $months$
DECLARE
  month timestamp;
BEGIN
  FOR month IN
    SELECT generate_series(date_trunc('month', min(started_at) AT TIME ZONE 'UTC'), date_trunc('month', max(started_at) AT TIME ZONE 'UTC'), '1 month')
      FROM notification.attempt_before
  LOOP
    EXECUTE format(
      'CREATE TABLE notification.%I PARTITION OF notification.attempt FOR VALUES FROM (%L) TO (%L)', 'attempt_' || to_char(month, 'YYYYMM'),
      (lpad(to_hex((extract(epoch FROM month) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid,
      (lpad(to_hex((extract(epoch FROM month + interval '1 month') * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid);
  END LOOP;
END
$months$;
INSERT INTO notification.attempt (id, delivery_id, number, fence, worker, permit, state, reason, provider_id, started_at, ended_at)
SELECT id, delivery_id, number, fence, worker, permit, state, reason, provider_id, started_at, ended_at FROM notification.attempt_before;
DROP TABLE notification.attempt_before;

-- For the sweep.
CREATE INDEX incident_epoch_age ON notification.incident_epoch (raised_at);
