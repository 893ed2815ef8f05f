-- What the auditor looks for is rare: each index holds only what is under way, so a pass costs the same on a large table.
CREATE INDEX delivery_queued ON notification.delivery (id) WHERE state = 'queued';
CREATE INDEX attempt_started ON notification.attempt (started_at) WHERE state = 'started';
