#!/usr/bin/env bash
# How late escalation steps fire that no bell announces (reliability ESC-2): incidents at odd times, a policy whose second step is due a minute after the first, and
# the time between due and fired by the engine's own record. None may be early; 99 of 100 at most a second late.
#   ci/measure-lateness.sh [INCIDENTS]      120 by default, two minutes; TOCSIN_BINARIES names release programs built before
# A suite of its own, on loopback; everything started here is stopped here.
set -euo pipefail
export TOCSIN_CONFIGURATION=release
# shellcheck source=ci/environment.sh
. "$(dirname "$0")/environment.sh"
cd "$TOCSIN_ROOT"
count=${1:-120}
# Mail is simulated only where nobody could be mailed.
if [ -n "${SMTP_URL:-}" ] || grep -qs '^SMTP_URL=.' .env; then die "take SMTP_URL out of the environment and of .env: this would mail an admin $((2 * count)) times"; fi
work=$(mktemp -d /tmp/tocsin-late.XXXXXX)
export TOCSIN_LOCAL=$work/local ALERTS_PORT=18001 INCIDENTS_PORT=18002 ONCALL_PORT=18003 NOTIFICATIONS_PORT=18004 WEB_PORT=18080 POSTGRES_LOCAL_PORT=18433 LOG_LEVEL=warning
cleanup() {
    ./run-local.sh --stop >/dev/null 2>&1 || true
    ./run-local.sh --reset >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap cleanup EXIT
# --demo simulates mail: pages that fail would bring the second step forward.
./run-local.sh --detach --demo >/dev/null
# shellcheck disable=SC1091
. "$TOCSIN_LOCAL/tocsin.env"
post() { curl -fsS -X POST "$1" -H "Authorization: Bearer $2" -H 'Content-Type: application/json' -d "$3" >/dev/null; }
admins='"actions": [{"type": "notify", "targets": [{"type": "admins"}]}]'
post "$INCIDENTS_URL/api/v1/escalation/policies" "$TOCSIN_TOKEN" \
    "{\"name\": \"a minute\", \"is_default\": true, \"steps\": [{\"delay_minutes\": 0, $admins}, {\"delay_minutes\": 1, $admins}]}"
for ((index = 1; index <= count; index++)); do
    post "$ALERTS_URL/api/v1/alerts" "$TOCSIN_INGEST_KEY" "{\"service\": \"late-$index\", \"severity\": \"critical\", \"message\": \"on time?\"}"
    sleep "0.$((RANDOM % 5))$((RANDOM % 10))"
done
sleep 65
psql -qAt "$DATABASE_URL" <<'END'
SELECT format('late: step %s, %s incidents: p50 %s, p99 %s, max %s ms; %s early', step, count(*),
  round(percentile_disc(0.5) WITHIN GROUP (ORDER BY ms)), round(percentile_disc(0.99) WITHIN GROUP (ORDER BY ms)), round(max(ms)),
  count(*) FILTER (WHERE ms < 0))
FROM (SELECT step, extract(epoch FROM fired_at - due_at) * 1000 AS ms FROM incident.firing) AS late
GROUP BY step ORDER BY step
END
