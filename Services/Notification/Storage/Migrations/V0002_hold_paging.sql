-- A restored system sends nothing until a person lifts the hold. tocsin restore writes the row, here and into schema incident under one id,
-- in the transaction that makes the restored tables visible. This one is what guarantees it: everything that leaves the suite is claimed here,
-- also what needs no permit, and also while incident-management cannot be asked for one.
CREATE TABLE notification.paging_hold (
  id          uuid PRIMARY KEY,
  reason      text COLLATE "C" NOT NULL CHECK (reason IN ('restored')),
  held_at     timestamptz NOT NULL,
  released_at timestamptz,
  released_by text,
  CHECK ((released_at IS NULL) = (released_by IS NULL))
);
CREATE UNIQUE INDEX paging_hold_stands ON notification.paging_hold ((true)) WHERE released_at IS NULL;
