-- Says whether anything that a list of incidents may show has changed: every transaction that changes incidents leaves a random stamp here, and the digest of
-- all stamps is read before a cached page is served. Stamps become visible with the change they belong to, in one commit, so a page that was read under the
-- same digest shows what the table holds. A counter would do less: after a failover that lost commits, or a restore, it would come to the same number again.
--
-- There are several slots, and a writer takes one that no other writer holds, so that nobody ever waits here: one row would line up all commits, and would
-- be a lock more to meet in a different order. Where all are held, a slot is added.
CREATE TABLE incident.list_stamp (
    slot integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stamp uuid NOT NULL
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
INSERT INTO incident.list_stamp (stamp) SELECT gen_random_uuid() FROM generate_series(1, 16);

CREATE FUNCTION incident.stamp_list() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free integer;
BEGIN
    -- The engines' claims change no row most of the time. TRUNCATE has no table of changes to ask.
    IF TG_OP <> 'TRUNCATE' THEN
        IF NOT EXISTS (SELECT FROM changed) THEN
            RETURN NULL;
        END IF;
    END IF;
    -- Once a transaction is enough. The setting ends with it, and goes back with a savepoint as the stamp does.
    IF current_setting('tocsin.list_stamped_by', true) = pg_current_xact_id()::text THEN
        RETURN NULL;
    END IF;
    SELECT slot INTO free FROM incident.list_stamp LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF FOUND THEN
        UPDATE incident.list_stamp SET stamp = gen_random_uuid() WHERE slot = free;
    ELSE
        INSERT INTO incident.list_stamp (stamp) VALUES (gen_random_uuid());
    END IF;
    PERFORM set_config('tocsin.list_stamped_by', pg_current_xact_id()::text, true);
    RETURN NULL;
END
$$;

-- All columns, also those that come later: a column that a list shows and a trigger does not watch would be served stale.
CREATE TRIGGER incident_inserted AFTER INSERT ON incident.incident REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION incident.stamp_list();
CREATE TRIGGER incident_updated AFTER UPDATE ON incident.incident REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION incident.stamp_list();
CREATE TRIGGER incident_deleted AFTER DELETE ON incident.incident REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION incident.stamp_list();
CREATE TRIGGER incident_truncated AFTER TRUNCATE ON incident.incident
    FOR EACH STATEMENT EXECUTE FUNCTION incident.stamp_list();
