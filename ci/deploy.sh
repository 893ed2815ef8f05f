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
setting() { # setting <key>: from the environment, .env, or what run-local.sh remembers
    if [ -n "${!1:-}" ]; then printf '%s' "${!1}"; else sed -n "s/^$1=\(.\)/\1/p" "$local_dir/settings.env" .env 2>/dev/null | tail -n 1; fi
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
    SETUP_TOKEN=$(setting SETUP_TOKEN) ci/first-admin.sh "${host:-127.0.0.1}" "$local_dir/tocsin.env"
}

if [ "${1:-}" != --local ] && compose_answers; then
    step "docker compose" with_compose
else
    [ "${1:-}" = --local ] || skipped "docker compose" "no container engine answers here; deployed on this machine instead"
    step "run-local.sh" on_this_machine
fi
finish deploy
