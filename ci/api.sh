#!/usr/bin/env bash
# The API documents: valid by themselves, and true of the running daemons.
#   ci/api.sh                  everything; the daemons must have been built, or lie in the folder that TOCSIN_BINARIES names
#   ci/api.sh DAEMON…          those daemons only, such as oncall-service
#   ci/api.sh --documents      only what needs no daemon
# API_EXAMPLES (default 20) bounds the requests that schemathesis makes up for an operation, API_SECONDS (default 300) its time for a daemon.
# Reports lie in $API_REPORTS (default: .local/api).
set -euo pipefail
# shellcheck source=ci/environment.sh
. "$(dirname "$0")/environment.sh"
cd "$TOCSIN_ROOT"
here=$TOCSIN_ROOT/ci/api
reports=${API_REPORTS:-$TOCSIN_ROOT/.local/api}

install_missing test
tools=$(python_environment api "$here/requirements.txt") || die "the tools of ci/api/requirements.txt could not be installed"

# ── The documents by themselves ────────────────────────────────────────────────────────────────────────────────────────────────────────
"$tools/bin/openapi-spec-validator" Services/*/HTTP/openapi.json
"$tools/bin/python" "$here/documents.py" Services/*/HTTP/openapi.json
[ "${1:-}" != --documents ] || exit 0

# ── A suite of our own ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────
work=$(mktemp -d /tmp/tocsin-api.XXXXXX)
free_ports() { python3 -c 'import socket, sys
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]
print(*(each.getsockname()[1] for each in sockets))' "$1"; }
read -r ALERTS_PORT INCIDENTS_PORT ONCALL_PORT NOTIFICATIONS_PORT WEB_PORT POSTGRES_LOCAL_PORT < <(free_ports 6)
export ALERTS_PORT INCIDENTS_PORT ONCALL_PORT NOTIFICATIONS_PORT WEB_PORT POSTGRES_LOCAL_PORT TOCSIN_LOCAL=$work/local LOG_LEVEL=warning
# A daemon that dies is a finding; half a minute of stack traces would hide it behind 503s.
export SWIFT_BACKTRACE=enable=no
# shellcheck disable=SC2317
cleanup() {
    mkdir -p "$reports"
    cp "$TOCSIN_LOCAL"/log/*.log "$reports/" 2>/dev/null || true
    ./run-local.sh --reset >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap cleanup EXIT
./run-local.sh --detach --demo >/dev/null
# shellcheck disable=SC1091
. "$TOCSIN_LOCAL/tocsin.env"
INTERNAL_SECRET=$(cat "$TOCSIN_LOCAL/secrets/internal")

ids() { curl -fsS -m 10 -H "Authorization: Bearer $TOCSIN_TOKEN" "$1" | python3 -c 'import json, sys; print(*(each["id"] for each in json.load(sys.stdin)))'; }
# What the run itself lives by: the admin, the API token and the integration.
TOCSIN_PROTECTED="$(ids "$INCIDENTS_URL/api/v1/users") $(ids "$INCIDENTS_URL/api/v1/tokens") $(ids "$ALERTS_URL/api/v1/integrations")"
# The pages' session: both cookies of a sign-in.
TOCSIN_COOKIE=$(curl -fsS -m 10 -o /dev/null -D - -H "Origin: $WEB_URL" --data-urlencode "username=$ADMIN_EMAIL" --data-urlencode "password=$ADMIN_PASSWORD" "$WEB_URL/login" \
    | sed -n 's/^[Ss]et-[Cc]ookie: \([^;]*\);.*/\1/p' | paste -sd';')
TOCSIN_CSRF=$(curl -fsS -m 10 -H "Cookie: $TOCSIN_COOKIE" "$WEB_URL/" | sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' | head -n 1)
export TOCSIN_TOKEN TOCSIN_INGEST_KEY ADMIN_EMAIL ADMIN_PASSWORD INTERNAL_SECRET TOCSIN_PROTECTED TOCSIN_COOKIE TOCSIN_CSRF WEB_URL
export SCHEMATHESIS_HOOKS=hooks PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1

# ── schemathesis ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
failed=()
peers=(oncall-service alert-ingestion notification-service incident-management web-ui)
for peer; do case " ${peers[*]} " in *" $peer "*) ;; *) die "no daemon is called $peer; there are: ${peers[*]}" ;; esac done
chosen=" ${*:-${peers[*]}} "
attack() { # attack <folder> <peer> <url>
    case $chosen in *" $2 "*) ;; *) return 0 ;; esac
    local document=$TOCSIN_ROOT/Services/$1/HTTP/openapi.json report=$reports/$2.txt options=()
    mkdir -p "$reports"
    # Programs built before they served their documents have no such routes.
    curl -fsS -m 10 -o /dev/null "$3/openapi.json" 2>/dev/null || options+=(--exclude-tag documentation)
    say "schemathesis: $2 …"
    if (cd "$work" && TOCSIN_PEER=$2 timeout "${API_SECONDS:-300}" "$tools/bin/schemathesis" --no-color --config-file "$here/schemathesis.toml" run "$document" \
        --url "$3" --max-examples "${API_EXAMPLES:-20}" --continue-on-failure --generation-database none --request-timeout 15 "${options[@]}" >"$report" 2>&1); then
        say "  $(tail -n 1 "$report" | tr -d =)"
    else
        failed+=("$2")
        sed -n '/= SUMMARY =/,$p' "$report" | grep -v '^$' || tail -n 5 "$report"
        say "  see $report"
    fi
}
attack OnCall oncall-service "$ONCALL_URL"
attack AlertIngestion alert-ingestion "$ALERTS_URL"
attack Notification notification-service "$NOTIFICATIONS_URL"
attack IncidentManagement incident-management "$INCIDENTS_URL"
TOCSIN_INCIDENT=$(curl -fsS -m 10 -H "Authorization: Bearer $TOCSIN_TOKEN" -H 'Content-Type: application/json' \
    -d '{"title":"An incident for the pages","severity":"low","service":"web"}' "$INCIDENTS_URL/api/v1/incidents" | python3 -c 'import json, sys; print(json.load(sys.stdin)["number"])')
export TOCSIN_INCIDENT
attack WebUI web-ui "$WEB_URL"

# Also what no answer showed: a daemon that died, and errors it logged.
if grep -hE '"log.level":"(error|critical)"|^supervisor: .* ended with' "$TOCSIN_LOCAL"/log/{alert-ingestion,incident-management,oncall-service,notification-service,web-ui}.log >"$reports/errors.log"; then
    say "errors in the daemons' logs ($(wc -l <"$reports/errors.log")): see $reports/errors.log"
    failed+=(logs)
fi
[ ${#failed[@]} -eq 0 ] || die "the API is not as documented: ${failed[*]}"
say "api: ok"
