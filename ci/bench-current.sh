#!/usr/bin/env bash
# Measures "who is on call now" beside a Hummingbird route that answers a constant without middleware, in one run on this machine (target: 0.7
# times its rate, p99 of 10 ms). A release build; the suite with its PostgreSQL, oncall-service and the load share the machine.
#   ci/bench-current.sh            three rounds of 8 s each (SECONDS_EACH, ROUNDS); needs wrk (installed when missing)
# Every load is bounded in time and goes to loopback only; every process started here is stopped here.
set -euo pipefail
export TOCSIN_CONFIGURATION=release
# shellcheck source=ci/environment.sh
. "$(dirname "$0")/environment.sh"
work=$(mktemp -d /tmp/tocsin-bench.XXXXXX)
export TOCSIN_LOCAL=$work/local ALERTS_PORT=18001 INCIDENTS_PORT=18002 ONCALL_PORT=18003 NOTIFICATIONS_PORT=18004 WEB_PORT=18080
export LOG_LEVEL=warning
hello_port=9811
hello=
cleanup() {
    [ -z "$hello" ] || kill "$hello" 2>/dev/null || true
    "$TOCSIN_ROOT/run-local.sh" --stop >/dev/null 2>&1 || true
    "$TOCSIN_ROOT/run-local.sh" --reset >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap cleanup EXIT
install_missing test
command -v wrk >/dev/null || as_root apt-get install -y -qq wrk >/dev/null

rate() { # rate <what> <url> [header]: prints requests a second and p99; leaves the rate in $last
    local out
    out=$(wrk -t1 -c64 -d"${SECONDS_EACH:-8}s" --latency ${3:+-H "$3"} "$2")
    last=$(awk '/Requests\/sec/{print $2}' <<<"$out")
    printf '%-44s %10s req/s   p99 %-10s %s\n' "$1" "$last" "$(awk '$1=="99%"{print $2}' <<<"$out")" "$(grep -o 'Non-2xx.*' <<<"$out" || true)"
}

if [ -z "${TOCSIN_BINARIES:-}" ]; then
    build_programs >/dev/null
    TOCSIN_BENCH=1 build --product bench-hello >/dev/null
fi
TOCSIN_BINARIES=$(binaries)
export TOCSIN_BINARIES
"$TOCSIN_ROOT/run-local.sh" --detach >/dev/null
set -a
# shellcheck disable=SC1091
. "$TOCSIN_LOCAL/tocsin.env"
set +a
curl -fsS -X POST "$ONCALL_URL/api/v1/schedules" -H "Authorization: Bearer $TOCSIN_TOKEN" -H 'Content-Type: application/json' \
    -d '{"team":"payments","primary":["alice@example.org","bob@example.org"],"secondary":["carol@example.org"],"rotation":"weekly"}' >/dev/null
"$TOCSIN_BINARIES/bench-hello" "$hello_port" >/dev/null 2>&1 &
hello=$!
for _ in $(seq 50); do
    if curl -fsS "http://127.0.0.1:$hello_port/hello" >/dev/null 2>&1; then break; fi
    sleep 0.1
done
for round in $(seq "${ROUNDS:-3}"); do
    printf 'Round %s\n' "$round"
    rate 'Hummingbird, a constant, no middleware' "http://127.0.0.1:$hello_port/hello"
    plain=$last
    rate 'Tocsin, who is on call now' "$ONCALL_URL/api/v1/oncall/current?team=payments" "Authorization: Bearer $TOCSIN_TOKEN"
    awk -v c="$last" -v h="$plain" 'BEGIN {printf "  ratio: %.2f x the constant\n", c/h}'
done
