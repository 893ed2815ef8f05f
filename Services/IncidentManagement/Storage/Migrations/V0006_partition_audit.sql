-- The record refuses DELETE, and rightly so; by months of `at` its end is dropped whole when AUDIT_RETENTION_DAYS says so.
ALTER TABLE incident.audit RENAME TO audit_before;
ALTER INDEX incident.audit_pkey RENAME TO audit_before_pkey;
ALTER INDEX incident.audit_object RENAME TO audit_before_object;
ALTER INDEX incident.audit_actor RENAME TO audit_before_actor;
ALTER SEQUENCE incident.audit_id_seq RENAME TO audit_before_id_seq;

CREATE TABLE incident.audit (
    id             bigint GENERATED ALWAYS AS IDENTITY,
    at             timestamptz NOT NULL,
    actor          text NOT NULL,
    action         text NOT NULL,
    object         text NOT NULL,
    request_id     text,
    remote_address text,
    before         jsonb,
    after          jsonb,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX audit_object ON incident.audit (object, id);
CREATE INDEX audit_actor ON incident.audit (actor, id);
-- Takes what no month takes, so that a missing partition never refuses a sign-in.
CREATE TABLE incident.audit_default PARTITION OF incident.audit DEFAULT;

-- The months of what is there; those to come are made by the daemon.
DO $months$
DECLARE
    month timestamp;
BEGIN
    FOR month IN
        SELECT generate_series(date_trunc('month', min(at) AT TIME ZONE 'UTC'), date_trunc('month', max(at) AT TIME ZONE 'UTC'), '1 month')
        FROM incident.audit_before
    LOOP
        EXECUTE format(
            'CREATE TABLE incident.%I PARTITION OF incident.audit FOR VALUES FROM (%L) TO (%L)', 'audit_' || to_char(month, 'YYYYMM'),
            month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
    END LOOP;
END
$months$;
INSERT INTO incident.audit (id, at, actor, action, object, request_id, remote_address, before, after) OVERRIDING SYSTEM VALUE
SELECT id, at, actor, action, object, request_id, remote_address, before, after FROM incident.audit_before;
SELECT setval(pg_get_serial_sequence('incident.audit', 'id'), newest) FROM (SELECT max(id) AS newest FROM incident.audit) a WHERE newest IS NOT NULL;
DROP TABLE incident.audit_before;

CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON incident.audit
    FOR EACH ROW EXECUTE FUNCTION incident.refuse_audit_change();
CREATE TRIGGER audit_is_not_truncated BEFORE TRUNCATE ON incident.audit
    FOR EACH STATEMENT EXECUTE FUNCTION incident.refuse_audit_change();

-- For the sweep of incidents that were deleted long ago.
CREATE INDEX incident_deleted ON incident.incident (deleted_at) WHERE deleted_at IS NOT NULL;
