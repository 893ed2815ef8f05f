-- The trace of what the page is about, so that its permit, its log lines and the receiver of a webhook go on with it. NULL for pages of before, and where
-- nobody knows one.
ALTER TABLE notification.page ADD COLUMN traceparent text COLLATE "C";
-- Not validated: every old row is NULL, and reading them all would keep the release before from its work meanwhile.
ALTER TABLE notification.page
    ADD CONSTRAINT page_traceparent CHECK (traceparent ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$') NOT VALID;
