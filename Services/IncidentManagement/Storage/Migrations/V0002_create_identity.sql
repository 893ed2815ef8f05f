-- People, their sessions, programs' tokens, the signing key and the record of who did what.
-- Digests are SHA-256 in lower-case hex: what is in here signs nobody in.

CREATE TABLE incident.app_user (
    id              uuid PRIMARY KEY,
    email           text NOT NULL CHECK (octet_length(email) BETWEEN 3 AND 254),
    -- NFKC, lower case: what makes two spellings one account.
    email_canonical text COLLATE "C" NOT NULL CHECK (email_canonical = lower(email_canonical)),
    -- How schedules may call this person instead of by e-mail.
    user_name       text COLLATE "C" CHECK (user_name = lower(user_name) AND octet_length(user_name) BETWEEN 1 AND 64),
    full_name       text NOT NULL CHECK (full_name <> ''),
    role            text NOT NULL CHECK (role IN ('viewer', 'responder', 'admin')),
    is_active       boolean NOT NULL DEFAULT true,
    time_zone       text NOT NULL,
    locale          text NOT NULL,
    teams           text[] NOT NULL DEFAULT '{}',
    password_hash   text NOT NULL,
    -- Access tokens issued before this are refused: set when the password changes and when the account is disabled.
    signed_out_at   timestamptz,
    version         bigint NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    -- Deleting is soft: the record of what this person did stays.
    deleted_at      timestamptz,
    CHECK (deleted_at IS NULL OR NOT is_active)
);

CREATE UNIQUE INDEX app_user_email_key ON incident.app_user (email_canonical) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX app_user_user_name_key ON incident.app_user (user_name) WHERE deleted_at IS NULL;
-- Whom to page when nobody else can be found.
CREATE INDEX app_user_admin ON incident.app_user (id) WHERE role = 'admin' AND is_active;

-- One sign-in on one device: the family of refresh tokens that dies together.
CREATE TABLE incident.user_session (
    id             uuid PRIMARY KEY,
    user_id        uuid NOT NULL REFERENCES incident.app_user (id),
    created_at     timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL CHECK (expires_at > created_at),
    revoked_at     timestamptz,
    revoked_reason text CHECK (revoked_reason IN ('logout', 'reuse', 'password_changed', 'user_disabled', 'user_deleted')),
    CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL))
);

CREATE INDEX user_session_open ON incident.user_session (user_id) WHERE revoked_at IS NULL;
CREATE INDEX user_session_expiry ON incident.user_session (expires_at);

CREATE TABLE incident.refresh_token (
    digest     text COLLATE "C" PRIMARY KEY CHECK (length(digest) = 64),
    session_id uuid NOT NULL REFERENCES incident.user_session (id) ON DELETE CASCADE,
    issued_at  timestamptz NOT NULL,
    used_at    timestamptz,
    -- A digest of the network and user agent it was used from: the same client may retry for some seconds.
    used_by    text COLLATE "C",
    CHECK ((used_at IS NULL) = (used_by IS NULL))
);

CREATE INDEX refresh_token_session ON incident.refresh_token (session_id);

-- Access tokens whose holder signed out before they expired.
CREATE TABLE incident.revoked_access_token (
    digest     text COLLATE "C" PRIMARY KEY CHECK (length(digest) = 64),
    expires_at timestamptz NOT NULL
);

CREATE INDEX revoked_access_token_expiry ON incident.revoked_access_token (expires_at);

CREATE TABLE incident.api_token (
    id           uuid PRIMARY KEY,
    digest       text COLLATE "C" NOT NULL UNIQUE CHECK (length(digest) = 64),
    name         text NOT NULL CHECK (name <> ''),
    role         text NOT NULL CHECK (role IN ('viewer', 'responder', 'admin')),
    owner_id     uuid NOT NULL REFERENCES incident.app_user (id),
    -- The token that made this one; revoking it revokes this one too.
    parent_id    uuid REFERENCES incident.api_token (id),
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL CHECK (expires_at > created_at),
    last_used_at timestamptz,
    revoked_at   timestamptz
);

-- A timeline says "token:ci", so there is one ci at a time.
CREATE UNIQUE INDEX api_token_name_key ON incident.api_token (lower(name)) WHERE revoked_at IS NULL;
CREATE INDEX api_token_owner ON incident.api_token (owner_id);
CREATE INDEX api_token_parent ON incident.api_token (parent_id) WHERE parent_id IS NOT NULL;

-- Private keys are sealed with AES-GCM under a key made from INTERNAL_SECRET.
CREATE TABLE incident.signing_key (
    kid        text COLLATE "C" PRIMARY KEY,
    sealed     bytea NOT NULL,
    created_at timestamptz NOT NULL,
    retired_at timestamptz
);

CREATE UNIQUE INDEX signing_key_current ON incident.signing_key ((true)) WHERE retired_at IS NULL;

-- Each start without an active admin adds one, so that the last one printed works; the first use removes them all.
CREATE TABLE incident.setup_token (
    digest     text COLLATE "C" PRIMARY KEY CHECK (length(digest) = 64),
    expires_at timestamptz NOT NULL
);

CREATE TABLE incident.login_throttle (
    -- A user's id, or the digest of what somebody typed who is no user (it may be a password).
    login         text COLLATE "C" NOT NULL,
    network       text COLLATE "C" NOT NULL,
    failures      integer NOT NULL CHECK (failures >= 0),
    blocked_until timestamptz NOT NULL,
    PRIMARY KEY (login, network)
);

CREATE INDEX login_throttle_age ON incident.login_throttle (blocked_until);

CREATE TABLE incident.audit (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at             timestamptz NOT NULL,
    actor          text NOT NULL,
    action         text NOT NULL,
    object         text NOT NULL,
    request_id     text,
    remote_address text,
    before         jsonb,
    after          jsonb
);

CREATE INDEX audit_object ON incident.audit (object, id);
CREATE INDEX audit_actor ON incident.audit (actor, id);

-- The daemon's role owns the table, so taking rights away would not bind it; a trigger does.
CREATE FUNCTION incident.refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'incident.audit is append-only' USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON incident.audit
    FOR EACH ROW EXECUTE FUNCTION incident.refuse_audit_change();
CREATE TRIGGER audit_is_not_truncated BEFORE TRUNCATE ON incident.audit
    FOR EACH STATEMENT EXECUTE FUNCTION incident.refuse_audit_change();
