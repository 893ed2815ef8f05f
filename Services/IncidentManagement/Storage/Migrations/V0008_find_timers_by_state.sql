-- The same rows as before, but named as the claim names them, in its order: a plan made without knowing the time took every third incident for one
-- with a timer that is due, and looked through all unresolved ones instead. Built beside the old one, so that readers are shut out for a moment only.
CREATE INDEX incident_due_by_state ON incident.incident (next_step_at, id)
    WHERE status = 'open' AND deleted_at IS NULL AND next_step_at IS NOT NULL;
DROP INDEX incident.incident_due;
ALTER INDEX incident.incident_due_by_state RENAME TO incident_due;
