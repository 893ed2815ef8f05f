-- Shifts that people ask each other to take, and calendars behind a secret address.

-- `asked_…` are the pieces of the asker's shifts, `returned_…` those of the other in a swap: what both saw when it was asked, and nothing more, is
-- what is handed over. Whoever accepts first wins: a request is decided once, in the transaction that makes its overrides.
CREATE TABLE oncall.shift_request (
    id uuid PRIMARY KEY,
    team_id uuid NOT NULL REFERENCES oncall.team (id),
    kind text NOT NULL CHECK (kind IN ('cover', 'swap')),
    role text NOT NULL CHECK (role IN ('primary', 'secondary')),
    asker_name text NOT NULL CHECK (asker_name <> ''),
    asker_email text NOT NULL CHECK (asker_email <> ''),
    -- Null where anybody of the team may take it.
    recipient_name text CHECK (recipient_name <> ''),
    recipient_email text CHECK (recipient_email <> ''),
    reason text,
    asked_from timestamptz[] NOT NULL CHECK (cardinality(asked_from) > 0),
    asked_until timestamptz[] NOT NULL,
    returned_from timestamptz[] NOT NULL,
    returned_until timestamptz[] NOT NULL,
    -- Who of the team said no to a request that stays open for the others.
    declined_by text[] NOT NULL DEFAULT '{}',
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'accepted', 'declined', 'withdrawn', 'expired', 'void')),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
    decided_at timestamptz,
    decided_by text,
    taker_name text,
    taker_email text,
    override_ids uuid[] NOT NULL DEFAULT '{}',
    CHECK (cardinality(asked_from) = cardinality(asked_until)),
    CHECK (cardinality(returned_from) = cardinality(returned_until)),
    CHECK ((recipient_name IS NULL) = (recipient_email IS NULL)),
    CHECK ((kind = 'swap') = (cardinality(returned_from) > 0)),
    CHECK (kind = 'cover' OR recipient_email IS NOT NULL),
    CHECK ((state = 'open') = (decided_at IS NULL) AND (state = 'open') = (decided_by IS NULL)),
    CHECK ((state = 'accepted') = (taker_email IS NOT NULL) AND (taker_name IS NULL) = (taker_email IS NULL)),
    CHECK ((state = 'accepted') = (cardinality(override_ids) > 0))
);
CREATE INDEX shift_request_open ON oncall.shift_request (team_id, expires_at) WHERE state = 'open';
CREATE INDEX shift_request_time ON oncall.shift_request (created_at DESC, id DESC);
CREATE INDEX shift_request_end ON oncall.shift_request (expires_at);

CREATE FUNCTION oncall.decide_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a shift request is decided once' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER shift_request_decided BEFORE UPDATE ON oncall.shift_request
    FOR EACH ROW WHEN (OLD.state <> 'open') EXECUTE FUNCTION oncall.decide_once();

-- The secret of the address is kept as its SHA-256 only, and looked up by it.
CREATE TABLE oncall.calendar (
    id uuid PRIMARY KEY,
    secret_digest text COLLATE "C" NOT NULL UNIQUE CHECK (char_length(secret_digest) = 64),
    -- A team's shifts, or one person's in all teams.
    team_id uuid REFERENCES oncall.team (id),
    person_name text CHECK (person_name <> ''),
    person_email text CHECK (person_email <> ''),
    role text CHECK (role IN ('primary', 'secondary')),
    title text NOT NULL CHECK (title <> ''),
    reminder_minutes bigint[] NOT NULL,
    -- It ends with its owner's account.
    owner_email text NOT NULL CHECK (owner_email <> ''),
    created_at timestamptz NOT NULL,
    CHECK ((person_name IS NULL) = (person_email IS NULL)),
    CHECK ((team_id IS NULL) <> (person_email IS NULL))
);
CREATE INDEX calendar_owner ON oncall.calendar (owner_email);
