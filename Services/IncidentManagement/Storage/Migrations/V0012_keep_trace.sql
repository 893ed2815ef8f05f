-- The trace of the request that brought the alert or declared the incident, so that its pages and what is asked for them go on with it. NULL for those of
-- before, and where an alert came without one.
ALTER TABLE incident.incident ADD COLUMN traceparent text COLLATE "C"
    CHECK (traceparent ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$');
