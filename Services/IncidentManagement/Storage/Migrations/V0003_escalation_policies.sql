-- Policies are edited over HTTP from here on: a version for the ETag, who changed what is in the audit.
ALTER TABLE incident.policy ADD COLUMN description text CHECK (octet_length(description) BETWEEN 1 AND 4000);
ALTER TABLE incident.policy ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE incident.policy ADD COLUMN updated_at timestamptz;
UPDATE incident.policy SET updated_at = created_at;

-- The timer learns to wait for people and conditions, to begin anew after an exhausted path, and to be moved on by hand.
-- Columns with a constant default cost no rewrite; the previous release leaves them alone.
ALTER TABLE incident.incident ADD COLUMN first_round smallint NOT NULL DEFAULT 0;
ALTER TABLE incident.incident ADD COLUMN held_since timestamptz;
ALTER TABLE incident.incident ADD COLUMN exhausted_at timestamptz;

-- A step may act without paging. Its own constraint name, so that the next change finds it.
ALTER TABLE incident.firing DROP CONSTRAINT firing_result_check;
ALTER TABLE incident.firing
    ADD CONSTRAINT firing_result CHECK (result IN ('paged', 'level_skipped', 'fallback', 'acted')) NOT VALID;
-- The escalation events, newest first.
CREATE INDEX firing_newest ON incident.firing (fired_at DESC, id DESC);

-- Who was last in a step that takes people in turn. Without a foreign key: incidents follow copies of policies that may be gone.
CREATE TABLE incident.round_robin (
    policy_id uuid NOT NULL,
    step smallint NOT NULL,
    action smallint NOT NULL,
    last text NOT NULL,
    PRIMARY KEY (policy_id, step, action)
);
