#!/bin/sh
# Inside the database-roles container: a role and a schema per daemon, with the passwords of .env. Run at every `docker compose up`, so that a
# changed password takes effect; the passwords go by the environment, since arguments show in ps.
set -eu
psql -v ON_ERROR_STOP=1 -qtA -f /tocsin/roles.sql
psql -v ON_ERROR_STOP=1 -qtA <<'END'
\getenv alerting ALERTING_DATABASE_PASSWORD
\getenv incident INCIDENT_DATABASE_PASSWORD
\getenv oncall ONCALL_DATABASE_PASSWORD
\getenv notification NOTIFICATION_DATABASE_PASSWORD
ALTER ROLE tocsin_alerting LOGIN PASSWORD :'alerting';
ALTER ROLE tocsin_incident LOGIN PASSWORD :'incident';
ALTER ROLE tocsin_oncall LOGIN PASSWORD :'oncall';
ALTER ROLE tocsin_notification LOGIN PASSWORD :'notification';
END
echo "roles: ok"
