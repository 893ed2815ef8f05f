#!/usr/bin/env bash
# Makes the first admin of a fresh suite, an API token and an ingest key, through the public API, and writes the credentials that scripts need:
#   SETUP_TOKEN=… ci/first-admin.sh <host> <file>
# A file that is there is kept: its suite has its admin.
set -euo pipefail
host=$1 file=$2
[ ! -s "$file" ] || exit 0
email=${ADMIN_EMAIL:-admin@tocsin.local} password=${ADMIN_PASSWORD:-$(openssl rand -hex 16)}
incidents=http://$host:8002 alerts=http://$host:8001

json() { python3 -c 'import json,sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
post() { # post <url> <bearer or empty> <json>: credentials by files, since arguments show in ps
    curl -fsS -m 15 -X POST "$1" -H 'content-type: application/json' -K <(printf 'header = "authorization: Bearer %s"\n' "$2") -d @- <<<"$3"
}
post "$incidents/api/v1/auth/setup" '' "{\"token\":\"$SETUP_TOKEN\",\"email\":\"$email\",\"password\":\"$password\"}" >/dev/null
access=$(post "$incidents/api/v1/auth/login/access-token" '' "{\"username\":\"$email\",\"password\":\"$password\"}" | json access_token)
token=$(post "$incidents/api/v1/tokens" "$access" '{"name":"deploy","role":"admin"}' | json token)
key=$(post "$alerts/api/v1/integrations" "$token" '{"name":"deploy","kind":"native"}' | json key)
mkdir -p "$(dirname "$file")"
umask 077
cat >"$file" <<END
ALERTS_URL=$alerts
INCIDENTS_URL=$incidents
ONCALL_URL=http://$host:8003
NOTIFICATIONS_URL=http://$host:8004
WEB_URL=http://$host:8080
ADMIN_EMAIL=$email
ADMIN_PASSWORD=$password
TOCSIN_TOKEN=$token
TOCSIN_INGEST_KEY=$key
END
echo "  first admin $email; credentials in $file"
