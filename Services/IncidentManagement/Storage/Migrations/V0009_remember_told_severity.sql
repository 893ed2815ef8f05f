-- The worst an incident's group has said so far, so that a repeat does not undo what a person or a policy lowered. NULL for incidents that people
-- declared, and for those of before, which go by their severity until they hear of their group again.
ALTER TABLE incident.incident ADD COLUMN told_severity text COLLATE "C";
-- Not validated: every old row is NULL, and reading them all would keep the release before from its work meanwhile.
ALTER TABLE incident.incident
    ADD CONSTRAINT incident_told_severity CHECK (told_severity IN ('critical', 'high', 'medium', 'low')) NOT VALID;
