-- What a calendar of holidays said of a day that is over stays, for hours that were paid by it: each reading replaces only what has not ended. So does
-- what ended while a calendar was there that was removed since: its row stays without its address and text, and nobody is shown it or reads it again.
ALTER TABLE oncall.calendar_feed
    ADD COLUMN removed_at timestamptz,
    ADD CONSTRAINT calendar_feed_removed CHECK (removed_at IS NULL OR kind = 'holiday' AND sealed_url IS NULL AND content = '');
CREATE INDEX calendar_feed_removed_time ON oncall.calendar_feed (removed_at) WHERE removed_at IS NOT NULL;
