-- Who is away when: time off entered by hand, calendars of people and teams, and what they say.

CREATE SEQUENCE IF NOT EXISTS oncall.fence_seq;

-- A person is named as members are, by e-mail (in lower case) or name; whether there is an account, IncidentManagement knows.
CREATE TABLE oncall.time_off (
    id uuid PRIMARY KEY,
    person text COLLATE "C" NOT NULL CHECK (person <> ''),
    reason text,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
    created_by text NOT NULL
);
CREATE INDEX time_off_time ON oncall.time_off (ends_at);
CREATE INDEX time_off_person ON oncall.time_off (person, ends_at);

-- A calendar that is read from a URL, or was uploaded. The URL is a secret (Google's private links are nothing else) and lies here encrypted under
-- SECRETS_KEY for this row; `content` is what was heeded of the last good answer, without titles for time off, so that it can be listed anew when the
-- window moves on, also while the other side is away. The columns from next_read_at on are the queue's.
CREATE TABLE oncall.calendar_feed (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('time_off', 'holiday')),
    name text NOT NULL CHECK (name <> ''),
    team_id uuid REFERENCES oncall.team (id),
    person text COLLATE "C" CHECK (person <> ''),
    time_zone text NOT NULL CHECK (time_zone <> ''),
    host text CHECK (host <> ''),
    sealed_url bytea,
    url_key_id text,
    content text,
    etag text,
    last_modified text,
    read_at timestamptz,
    listed_at timestamptz,
    skipped int NOT NULL DEFAULT 0 CHECK (skipped >= 0),
    failures int NOT NULL DEFAULT 0 CHECK (failures >= 0),
    failing_since timestamptz,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    next_read_at timestamptz NOT NULL,
    lease_until timestamptz,
    fence bigint NOT NULL DEFAULT 0,
    attempts int NOT NULL DEFAULT 0,
    crashes int NOT NULL DEFAULT 0,
    worker text,
    last_error text,
    CHECK (num_nonnulls(team_id, person) <= 1),
    -- Time off is one person's; a team's days off are its holidays.
    CHECK (kind = 'holiday' OR person IS NOT NULL),
    CHECK (num_nonnulls(host, sealed_url, url_key_id) IN (0, 3)),
    CHECK (host IS NOT NULL OR content IS NOT NULL),
    CHECK ((failures = 0) = (failing_since IS NULL))
);
CREATE INDEX calendar_feed_due ON oncall.calendar_feed (next_read_at, id);

-- What feeds say, listed by the window around now; replaced whole with each reading that changes anything.
CREATE TABLE oncall.calendar_entry (
    feed_id uuid NOT NULL REFERENCES oncall.calendar_feed (id) ON DELETE CASCADE,
    position int NOT NULL CHECK (position >= 0),
    title text,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
    -- The local days it touches, the last one not included.
    first_day date NOT NULL,
    past_day date NOT NULL CHECK (past_day > first_day),
    PRIMARY KEY (feed_id, position)
);
CREATE INDEX calendar_entry_time ON oncall.calendar_entry (ends_at);
