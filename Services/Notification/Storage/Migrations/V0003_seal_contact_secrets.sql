-- breaking
-- Signing secrets are encrypted under SECRETS_KEY. The release before reads the plain column only and would send unsigned webhooks from sealed
-- rows. A worker moves what is plain into the sealed columns; `secret` stays until it is empty everywhere.
ALTER TABLE notification.contact_method ADD COLUMN sealed_secret bytea;
ALTER TABLE notification.contact_method ADD COLUMN secret_key_id text COLLATE "C" CHECK (octet_length(secret_key_id) = 16);
ALTER TABLE notification.contact_method DROP CONSTRAINT contact_method_check;
ALTER TABLE notification.contact_method
  ADD CONSTRAINT contact_method_one_secret CHECK (num_nonnulls(secret, sealed_secret) = CASE WHEN kind = 'webhook' THEN 1 ELSE 0 END),
  ADD CONSTRAINT contact_method_key_of_secret CHECK ((sealed_secret IS NULL) = (secret_key_id IS NULL));
