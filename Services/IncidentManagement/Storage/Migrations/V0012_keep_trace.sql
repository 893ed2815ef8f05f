-- The trace of the request that brought the alert or declared the incident, so that its pages and what is asked for them go on with it. NULL for those of
-- before, and where an alert came without one.
ALTER TABLE incident.incident ADD COLUMN traceparent text COLLATE "C";
-- Not validated: every old row is NULL, and reading them all would keep the release before from its work meanwhile.
ALTER TABLE incident.incident
    ADD CONSTRAINT incident_traceparent CHECK (traceparent ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$') NOT VALID;
