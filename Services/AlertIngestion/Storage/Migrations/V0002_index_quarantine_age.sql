-- For the sweep that removes what has been in quarantine for long.
CREATE INDEX quarantine_age ON alerting.quarantine (received_at);
