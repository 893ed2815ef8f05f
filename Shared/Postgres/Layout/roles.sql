-- One role and one schema per daemon; a role sees its own schema only (architecture §3).
--
-- Run it as a superuser, connected to the suite's database; running it again changes nothing. Who starts the suite runs it: run-local.sh, compose's
-- init script, the tests. Daemons only migrate their own schema.
--
-- `SET tocsin.schemas = 'alerting,incident'` before it chooses other schemas. Passwords are set by the caller: ALTER ROLE tocsin_<schema> PASSWORD '…'.
DO $layout$
DECLARE
    schemas text[] := string_to_array(coalesce(nullif(current_setting('tocsin.schemas', true), ''), 'alerting,incident,oncall,notification'), ',');
    schema text;
    role text;
BEGIN
    -- Roles belong to the whole cluster: two runs in two databases must not meet.
    PERFORM pg_advisory_xact_lock(7120001);
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    FOREACH schema IN ARRAY schemas LOOP
        role := 'tocsin_' || schema;
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT CONNECTION LIMIT 64', role);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;
            END;
        END IF;
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), role);
        EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', schema);
        EXECUTE format('ALTER SCHEMA %I OWNER TO %I', schema, role);
        EXECUTE format('REVOKE ALL ON SCHEMA %I FROM PUBLIC', schema);
        -- The same bounds that a daemon asks for when it connects, for connections through pgbouncer, which takes none. Per database, because settings
        -- of a role alone are one row of the cluster that two runs would change at once.
        EXECUTE format('ALTER ROLE %I IN DATABASE %I SET search_path = %I', role, current_database(), schema);
        EXECUTE format('ALTER ROLE %I IN DATABASE %I SET statement_timeout = ''2700ms''', role, current_database());
        EXECUTE format('ALTER ROLE %I IN DATABASE %I SET lock_timeout = ''1s''', role, current_database());
        EXECUTE format('ALTER ROLE %I IN DATABASE %I SET idle_in_transaction_session_timeout = ''5s''', role, current_database());
        EXECUTE format('ALTER ROLE %I IN DATABASE %I SET synchronous_commit = ''on''', role, current_database());
        EXECUTE format('ALTER ROLE %I IN DATABASE %I SET timezone = ''UTC''', role, current_database());
    END LOOP;
END
$layout$;
