-- A restored system pages nobody until a person lifts the hold. tocsin restore writes the row, here and into schema notification under one id,
-- in the transaction that makes the restored tables visible. Lifted holds stay: they say who did it.
CREATE TABLE incident.paging_hold (
    id          uuid PRIMARY KEY,
    reason      text COLLATE "C" NOT NULL CHECK (reason IN ('restored')),
    held_at     timestamptz NOT NULL,
    released_at timestamptz,
    released_by text,
    CHECK ((released_at IS NULL) = (released_by IS NULL))
);
CREATE UNIQUE INDEX paging_hold_stands ON incident.paging_hold ((true)) WHERE released_at IS NULL;
