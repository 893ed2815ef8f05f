-- Schedules with layers, what was in force when, overrides of four kinds, temporary schedules, and answers to repeated requests.

-- Null for a plain schedule, which the other columns and `member` describe: daemons of the release before read and write those as ever. A
-- schedule with layers keeps the nearest plain description there, for lists; its truth is here, in the form of the API (`{"layers": […]}`).
ALTER TABLE oncall.schedule ADD COLUMN layers jsonb
    CHECK (jsonb_typeof(layers->'layers') = 'array' AND jsonb_array_length(layers->'layers') > 0);

-- What was in force when: one row for each change of a schedule, null layers where it was deleted. A row holds until the next one begins.
-- Overrides and temporary schedules need none: they are ended early, never changed.
CREATE TABLE oncall.schedule_version (
    team_id uuid NOT NULL REFERENCES oncall.team (id),
    version bigint NOT NULL CHECK (version >= 0),
    schedule_id uuid NOT NULL,
    layers jsonb CHECK (jsonb_typeof(layers->'layers') = 'array'),
    valid_from timestamptz NOT NULL,
    PRIMARY KEY (team_id, version)
);
CREATE INDEX schedule_version_time ON oncall.schedule_version (team_id, valid_from DESC, version DESC);

CREATE FUNCTION oncall.keep_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'history is not rewritten' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER schedule_version_stays BEFORE UPDATE ON oncall.schedule_version FOR EACH ROW EXECUTE FUNCTION oncall.keep_history();

-- What is known of schedules made before: as they are, since they were made.
INSERT INTO oncall.schedule_version (team_id, version, schedule_id, layers, valid_from)
SELECT s.team_id, t.version, s.id, jsonb_build_object('layers', jsonb_agg(l.layer ORDER BY l.first)), s.created_at
FROM oncall.schedule s
JOIN oncall.team t ON t.id = s.team_id
CROSS JOIN LATERAL (
    SELECT min(m.position) AS first, jsonb_build_object(
        'name', m.role, 'role', m.role, 'time_zone', s.time_zone, 'start', s.start_date::text,
        'rotation', jsonb_strip_nulls(jsonb_build_object(
            'kind', CASE s.rotation_type WHEN 'biweekly' THEN 'weekly' ELSE s.rotation_type END,
            'length', CASE s.rotation_type WHEN 'biweekly' THEN 2 ELSE 1 END,
            'handoff_time', to_char(make_interval(mins => s.handoff_minute), 'HH24:MI'), 'handoff_day', s.handoff_day)),
        'restrictions', '[]'::jsonb,
        'members', jsonb_agg(jsonb_strip_nulls(jsonb_build_object('name', m.name, 'email', m.email)) ORDER BY m.position)) AS layer
    FROM oncall.member m WHERE m.schedule_id = s.id GROUP BY m.role
) l
GROUP BY s.team_id, t.version, s.id, s.created_at;

-- Null, as the release before leaves it: stand_in, or replace where somebody is named in `replaces`.
ALTER TABLE oncall.override ADD COLUMN kind text CHECK (kind IN ('stand_in', 'replace', 'add', 'remove'));
ALTER TABLE oncall.override ADD CHECK ((kind = 'replace') = (replaces IS NOT NULL));
ALTER TABLE oncall.override ADD COLUMN role text NOT NULL DEFAULT 'primary' CHECK (role IN ('primary', 'secondary'));

CREATE TABLE oncall.temporary_schedule (
    id uuid PRIMARY KEY,
    team_id uuid NOT NULL REFERENCES oncall.team (id),
    reason text,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at >= starts_at),
    created_by text NOT NULL
);
CREATE INDEX temporary_schedule_time ON oncall.temporary_schedule (team_id, ends_at);

CREATE TABLE oncall.temporary_shift (
    temporary_schedule_id uuid NOT NULL REFERENCES oncall.temporary_schedule (id) ON DELETE CASCADE,
    position smallint NOT NULL CHECK (position >= 0),
    name text NOT NULL CHECK (name <> ''),
    email text CHECK (email <> ''),
    role text NOT NULL CHECK (role IN ('primary', 'secondary')),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
    PRIMARY KEY (temporary_schedule_id, position)
);

-- Rises whenever anything changes that says who is on call, in the transaction that changes it: every such change advances its team's version.
-- A replica that reads the number it knows may answer from memory. One row: schedules change rarely, and their changes may well wait for each
-- other.
CREATE TABLE oncall.revision (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    value bigint NOT NULL
);
INSERT INTO oncall.revision (value) VALUES (1);
CREATE FUNCTION oncall.raise_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE oncall.revision SET value = value + 1;
    RETURN NULL;
END $$;
-- For each row, not for each statement: an INSERT that meets a team must not lock this row before it locks the team's, or it deadlocks with
-- those who take them the other way round.
CREATE TRIGGER team_changes AFTER INSERT OR UPDATE OR DELETE ON oncall.team
    FOR EACH ROW EXECUTE FUNCTION oncall.raise_revision();

-- Answers kept, so that a repeated request is answered and not done again (IdempotencyStore).
CREATE TABLE oncall.idempotency (
    scope text COLLATE "C" NOT NULL CHECK (octet_length(scope) BETWEEN 1 AND 255),
    route text COLLATE "C" NOT NULL CHECK (octet_length(route) BETWEEN 1 AND 255),
    key text COLLATE "C" NOT NULL CHECK (octet_length(key) BETWEEN 1 AND 255),
    body_sha256 bytea NOT NULL CHECK (octet_length(body_sha256) = 32),
    status smallint CHECK (status BETWEEN 100 AND 599),
    body text,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (scope, route, key),
    CHECK ((status IS NULL) = (body IS NULL))
);
CREATE INDEX idempotency_age ON oncall.idempotency (created_at);
