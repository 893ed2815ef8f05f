-- The trace of what the page is about, so that its permit, its log lines and the receiver of a webhook go on with it. NULL for pages of before, and where
-- nobody knows one.
ALTER TABLE notification.page ADD COLUMN traceparent text COLLATE "C"
    CHECK (traceparent ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$');
