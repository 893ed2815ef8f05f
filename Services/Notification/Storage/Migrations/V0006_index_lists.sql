-- Lists by state or by a sender's own name of an incident must not walk over all pages there are until they have found enough.
CREATE INDEX page_by_state ON notification.page (state, id DESC);
CREATE INDEX page_by_reference ON notification.page (incident_reference, id DESC) WHERE incident_reference IS NOT NULL;
