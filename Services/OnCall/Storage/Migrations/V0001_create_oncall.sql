-- Who is on call: teams, their schedules and overrides, and the record of what was asked and answered.

-- `version` rises with every change of who is or will be on call, also when a schedule is deleted and made anew, so that a team and a
-- version name one state for good. Its row is the lock that all writers of the team's schedule and overrides take.
CREATE TABLE oncall.team (
    id uuid PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE CHECK (char_length(name) BETWEEN 1 AND 100),
    version bigint NOT NULL DEFAULT 0 CHECK (version >= 0),
    created_at timestamptz NOT NULL
);

-- A hand-off is a wall-clock time in a zone: minutes since local midnight, a local date, never an instant.
CREATE TABLE oncall.schedule (
    id uuid PRIMARY KEY,
    team_id uuid NOT NULL UNIQUE REFERENCES oncall.team (id),
    rotation_type text NOT NULL CHECK (rotation_type IN ('daily', 'weekly', 'biweekly')),
    time_zone text NOT NULL CHECK (time_zone <> ''),
    handoff_minute smallint NOT NULL CHECK (handoff_minute BETWEEN 0 AND 1439),
    handoff_day text CHECK (handoff_day IN ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')),
    start_date date NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((rotation_type = 'daily') = (handoff_day IS NULL))
);

-- Members of one role take turns in the order of their positions.
CREATE TABLE oncall.member (
    schedule_id uuid NOT NULL REFERENCES oncall.schedule (id) ON DELETE CASCADE,
    position smallint NOT NULL CHECK (position >= 0),
    name text NOT NULL CHECK (name <> ''),
    email text CHECK (email <> ''),
    role text NOT NULL CHECK (role IN ('primary', 'secondary')),
    PRIMARY KEY (schedule_id, position)
);

-- Ended early or by itself, an override stays: who was on call last week is still to be answered. It outlives its schedule.
CREATE TABLE oncall.override (
    id uuid PRIMARY KEY,
    team_id uuid NOT NULL REFERENCES oncall.team (id),
    user_name text NOT NULL CHECK (user_name <> ''),
    user_email text NOT NULL CHECK (user_email <> ''),
    replaces text CHECK (replaces <> ''),
    reason text,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at >= starts_at),
    created_by text NOT NULL
);
CREATE INDEX override_time ON oncall.override (team_id, ends_at);

-- The answer given first is the answer: the engine's question is unique by incident, epoch, step and round, without the person, so that a
-- hand-off between two tries does not page two people. Questions of people have no firing and are all kept.
CREATE TABLE oncall.escalation (
    id uuid PRIMARY KEY,
    teams text[] NOT NULL,
    incident_id text COLLATE "C" NOT NULL CHECK (incident_id <> ''),
    firing_id uuid,
    epoch bigint,
    step bigint,
    round bigint,
    answer jsonb NOT NULL,
    reason text,
    asked_by text NOT NULL,
    escalated_at timestamptz NOT NULL,
    CONSTRAINT escalation_firing UNIQUE (incident_id, epoch, step, round),
    CHECK (num_nulls(firing_id, epoch, step, round) IN (0, 4))
);
CREATE INDEX escalation_time ON oncall.escalation (escalated_at DESC, id DESC);
CREATE INDEX escalation_team ON oncall.escalation USING gin (teams);

-- Append-only.
CREATE TABLE oncall.history_event (
    id uuid PRIMARY KEY,
    event_type text NOT NULL CHECK (event_type <> ''),
    team text COLLATE "C" NOT NULL,
    actor text NOT NULL,
    details jsonb NOT NULL,
    happened_at timestamptz NOT NULL
);
CREATE INDEX history_event_time ON oncall.history_event (happened_at DESC, id DESC);
CREATE INDEX history_event_team ON oncall.history_event (team, happened_at DESC, id DESC);
