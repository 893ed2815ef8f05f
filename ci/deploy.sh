#!/usr/bin/env bash
# Puts what ci/build.sh made into service: with Docker Compose where an engine answers, else on this machine by run-local.sh with the release
# programs. Leaves the suite running; its credentials for ci/verify.sh are in .local/tocsin.env (TOCSIN_LOCAL names another folder).
#   ci/deploy.sh [--local]     --local: not with Compose, though an engine answers
set -euo pipefail
export TOCSIN_CONFIGURATION=release
# shellcheck source=ci/environment.sh
. "$(dirname "$0")/environment.sh"
cd "$TOCSIN_ROOT"

local_dir=${TOCSIN_LOCAL:-$TOCSIN_ROOT/.local}
setting() { # setting <key>: from the environment or .env
    if [ -n "${!1:-}" ]; then printf '%s' "${!1}"; else sed -n "s/^$1=//p" .env 2>/dev/null | tail -n 1; fi
}
# Without a mail server no page can be sent, and the next stage wants to see one.
simulate_without_mail() {
    [ -z "$(setting SMTP_URL)" ] || return 0
    export SIMULATE_UNCONFIGURED_CHANNELS=${SIMULATE_UNCONFIGURED_CHANNELS:-true}
    say "  no SMTP_URL is set: e-mail is simulated (SIMULATE_UNCONFIGURED_CHANNELS=$SIMULATE_UNCONFIGURED_CHANNELS)"
}

on_this_machine() {
    local name
    for name in alert-ingestion incident-management oncall-service notification-service web-ui; do
        [ -x "$(binaries)/$name" ] || { say "  $(binaries)/$name is not built: ci/build.sh" && return 1; }
    done
    simulate_without_mail
    # run-local.sh starts only what is not running, and what runs may be an older build; data stays.
    ./run-local.sh --stop && TOCSIN_BINARIES=$(binaries) TOCSIN_REVISION=$(revision) ./run-local.sh --detach | grep -v '^$'
}

json() { python3 -c 'import json,sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
post() { # post <url> <bearer or empty> <json>: credentials by standard input, since arguments show in ps
    curl -fsS -m 15 -X POST "$1" -H 'content-type: application/json' -K <(printf 'header = "authorization: Bearer %s"\n' "$2") -d @- <<<"$3"
}
# The first admin, an API token and an ingest key, through the public API, once.
first_credentials() {
    [ ! -s "$local_dir/tocsin.env" ] || return 0
    local host email password access token key incidents alerts
    host=$(setting BIND_ADDRESS) email=${ADMIN_EMAIL:-admin@tocsin.local} password=$(openssl rand -hex 16)
    host=${host:-127.0.0.1}
    incidents=http://$host:8002 alerts=http://$host:8001
    post "$incidents/api/v1/auth/setup" '' "{\"token\":\"$(setting SETUP_TOKEN)\",\"email\":\"$email\",\"password\":\"$password\"}" >/dev/null || return 1
    access=$(post "$incidents/api/v1/auth/login/access-token" '' "{\"username\":\"$email\",\"password\":\"$password\"}" | json access_token)
    token=$(post "$incidents/api/v1/tokens" "$access" '{"name":"deploy","role":"admin"}' | json token)
    key=$(post "$alerts/api/v1/integrations" "$token" '{"name":"deploy","kind":"native"}' | json key)
    mkdir -p "$local_dir"
    (
        umask 077
        cat >"$local_dir/tocsin.env" <<END
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
    )
    say "  first admin $email; credentials in $local_dir/tocsin.env"
}
with_compose() {
    [ -s .env ] || ci/make-env.sh
    simulate_without_mail
    TOCSIN_TAG=${TOCSIN_TAG:-$(revision)}
    export TOCSIN_TAG
    # Each service waits for those it needs to be healthy; the pages are last.
    docker compose up -d --no-build || { docker compose ps -a && return 1; }
    local host tries=0
    host=$(setting BIND_ADDRESS)
    until curl -fsS -m 2 -o /dev/null "http://${host:-127.0.0.1}:8080/readyz" 2>/dev/null; do
        tries=$((tries + 1))
        [ $tries -lt 120 ] || { docker compose ps -a && return 1; }
        sleep 1
    done
    first_credentials
}

if [ "${1:-}" != --local ] && compose_answers; then
    step "docker compose" with_compose
else
    [ "${1:-}" = --local ] || skipped "docker compose" "no container engine answers here; deployed on this machine instead"
    step "run-local.sh" on_this_machine
fi
finish deploy
