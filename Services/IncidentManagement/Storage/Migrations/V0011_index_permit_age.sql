-- For the sweep of grants whose outcome never came. The table is as small as the attempts under way while outcomes arrive; where they do not, as through a
-- day without notification-service's relay, the sweep must not read all of it each time.
CREATE INDEX permit_age ON incident.permit (granted_at);
