#!/usr/bin/env bash
# Makes the first admin of a fresh suite, an API token and an ingest key, through the public API, and writes the credentials that scripts need:
#   SETUP_TOKEN=… ci/first-admin.sh <host> <file>
# A file that is there is kept: its suite has its admin.
set -euo pipefail
# shellcheck source=ci/environment.sh
. "$(dirname "$0")/environment.sh"
host=$1 file=$2
[ ! -s "$file" ] || exit 0
email=${ADMIN_EMAIL:-admin@tocsin.local} password=${ADMIN_PASSWORD:-$(openssl rand -hex 16)}
incidents=http://$host:8002 alerts=http://$host:8001

post_json "$incidents/api/v1/auth/setup" '' "$(token=$SETUP_TOKEN email=$email password=$password json_object token email password)" >/dev/null
access=$(post_json "$incidents/api/v1/auth/login/access-token" '' "$(username=$email password=$password json_object username password)" | json_field access_token)
token=$(post_json "$incidents/api/v1/tokens" "$access" '{"name":"deploy","role":"admin"}' | json_field token)
key=$(post_json "$alerts/api/v1/integrations" "$token" '{"name":"deploy","kind":"native"}' | json_field key)
mkdir -p "$(dirname "$file")"
umask 077
env_lines "ALERTS_URL=$alerts" "INCIDENTS_URL=$incidents" "ONCALL_URL=http://$host:8003" "NOTIFICATIONS_URL=http://$host:8004" "WEB_URL=http://$host:8080" \
    "ADMIN_EMAIL=$email" "ADMIN_PASSWORD=$password" "TOCSIN_TOKEN=$token" "TOCSIN_INGEST_KEY=$key" >"$file"
echo "  first admin $email; credentials in $file"
