#!/usr/bin/env bash
# Asks a running suite whether it works: the health of five daemons, then one alert through everything a person relies on:
# alert → incident → on call → notification (pending, sent) → acknowledge → statistics.
#
#   ci/verify.sh                    against the suite of ./run-local.sh (.local/tocsin.env; TOCSIN_LOCAL names another folder)
#   ci/verify.sh --env FILE         another suite's URLs and credentials: ALERTS_URL INCIDENTS_URL ONCALL_URL NOTIFICATIONS_URL WEB_URL
#                                   TOCSIN_TOKEN TOCSIN_INGEST_KEY ADMIN_EMAIL, from the file or the environment
#   ci/verify.sh --health           the five daemons only
#
# It pages ADMIN_EMAIL once, as team "tocsin-verify", and resolves what it made. VERIFY_SECONDS bounds each wait (30). Needs bash, curl, python3.
set -euo pipefail
# shellcheck source=ci/environment.sh
. "$(dirname "$0")/environment.sh"

file='' only_health=0
while [ $# -gt 0 ]; do
    case $1 in
        --env) file=${2:-} && shift ;;
        --health) only_health=1 ;;
        -h | --help) sed -n '2,11s/^# \{0,1\}//p' "$0" && exit 0 ;;
        *) die "unknown option $1; try --help" ;;
    esac
    shift
done
usual=${TOCSIN_LOCAL:-$TOCSIN_ROOT/.local}/tocsin.env
if [ -z "$file" ] && [ -z "${ALERTS_URL:-}" ] && [ -s "$usual" ]; then file=$usual; fi
if [ -n "$file" ]; then
    [ -s "$file" ] || die "$file is not there or empty"
    # shellcheck disable=SC1090
    . "$file"
fi
for key in ALERTS_URL INCIDENTS_URL ONCALL_URL NOTIFICATIONS_URL WEB_URL TOCSIN_TOKEN TOCSIN_INGEST_KEY ADMIN_EMAIL; do
    [ -n "${!key:-}" ] || die "$key is not set; start a suite with ./run-local.sh --detach, or name its credentials with --env FILE"
done
command -v python3 >/dev/null || die "python3 is needed to read the daemons' answers"

patience=${VERIFY_SECONDS:-30}
team=tocsin-verify
# Nobody else's service, so that its statistics are ours alone.
service=tocsin-verify-$(date +%s)-$$
work=$(mktemp -d)
incident=''
cleanup() {
    local rc=$?
    # Whatever happened, nobody is paged for it again.
    if [ -n "$incident" ] && [ "${resolved:-0}" = 0 ]; then call PATCH "$INCIDENTS_URL/api/v1/incidents/$incident/resolve" '{}' || true; fi
    [ "${scheduled:-0}" = 0 ] || call DELETE "$ONCALL_URL/api/v1/schedules/$team" || true
    rm -rf "$work"
    exit "$rc"
}
trap cleanup EXIT

# ── Asking ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
# The credential goes in by a file: arguments show in ps.
call() { # call <method> <url> [<json>] [<bearer>]: the status in $status, the body in $body; fails when nobody answers
    local method=$1 url=$2 data=${3:-} bearer=${4-$TOCSIN_TOKEN}
    printf 'header = "authorization: Bearer %s"\n' "$bearer" >"$work/auth"
    status=$(curl -sS -m 10 -o "$work/body" -w '%{http_code}' -K "$work/auth" -X "$method" ${data:+-H 'content-type: application/json' -d "$data"} "$url" 2>"$work/curl") || {
        status=000 body=$(head -c 200 "$work/curl")
        return 1
    }
    body=$(cat "$work/body")
}
# expects <status> <method> <url> …: called, and answered so
expects() {
    local wanted=$1
    shift
    call "$@" && [ "$status" = "$wanted" ]
}
# field <path> [<json>]: a value of the last answer by a dotted path; empty when it is not there. [] counts a list's items.
field() {
    python3 -c '
import json, sys
try:
    value = json.loads(sys.argv[2])
    for name in sys.argv[1].split("."):
        value = len(value) if name == "[]" else value[int(name)] if isinstance(value, list) else value[name]
except (ValueError, KeyError, IndexError, TypeError):
    value = None
print("" if value is None else json.dumps(value) if isinstance(value, (dict, list, bool)) else value)' "$1" "${2-$body}"
}

# ── Telling ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
wrong=0
saw() { printf '  %s✓%s %-14s %s\n' "$green" "$plain" "$1" "$2"; }
miss() {
    printf '  %s✗%s %-14s %s\n' "$red" "$plain" "$1" "$2"
    wrong=$((wrong + 1))
}
# What comes later needs this: end here.
stuck() {
    miss "$1" "$2"
    printf '%sverify: failed%s after %d s\n' "$red" "$plain" "$SECONDS"
    exit 1
}
answer() { printf '%s %s' "$status" "$(head -c 240 <<<"$body" | tr '\n' ' ')"; }
# eventually <seconds> <command…>: until it succeeds; fails when it never does.
eventually() {
    local until=$((SECONDS + $1))
    shift
    until "$@"; do
        [ $SECONDS -lt $until ] || return 1
        sleep 0.05
    done
}

# ── Health ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
health() { # health <name> <url>
    local name=$1 url=$2 state weak
    if ! call GET "$url/health" '' ''; then
        miss "$name" "nobody answers at $url: $body"
        return
    fi
    state=$(field status)
    weak=$(python3 -c '
import json, sys
checks = json.loads(sys.argv[1]).get("checks", {})
print(", ".join(name for name, check in sorted(checks.items()) if check.get("status") != "ok"))' "$body" 2>/dev/null || true)
    case $status/$state in
        200/ok) saw "$name" "ok, version $(field version), $url" ;;
        200/degraded) saw "$name" "${yellow}degraded${plain} (${weak:-no reason given}), version $(field version), $url" ;;
        *) miss "$name" "/health says $(answer)" && return ;;
    esac
    [ "$(field service)" = "$name" ] || miss "$name" "$url is the address of $(field service)"
    expects 200 GET "$url/readyz" '' '' || miss "$name" "/readyz says $(answer)"
    # Off loopback metrics need their token, which a person who verifies may not have.
    call GET "$url/metrics" '' "${METRICS_TOKEN:-}" || true
    case $status in
        200) grep -q '^tocsin_build_info{' "$work/body" || miss "$name" "/metrics does not say what is running" ;;
        401) [ -z "${METRICS_TOKEN:-}" ] || miss "$name" "/metrics refuses METRICS_TOKEN" ;;
        *) miss "$name" "/metrics says $status" ;;
    esac
}
say "Health"
health alert-ingestion "$ALERTS_URL"
health incident-management "$INCIDENTS_URL"
health oncall-service "$ONCALL_URL"
health notification-service "$NOTIFICATIONS_URL"
health web-ui "$WEB_URL"
if [ $wrong -gt 0 ]; then stuck suite "$wrong wrong: no alert is sent through a suite that is not healthy"; fi
if [ $only_health = 1 ]; then
    say "verify: ok, five daemons are healthy ($SECONDS s)"
    exit 0
fi

# ── Who may not ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
say "One alert, from end to end"
alert=$(python3 -c '
import json, sys
print(json.dumps({"service": sys.argv[1], "severity": "critical", "message": "Tocsin verifies itself; nothing is wrong", "source": "ci/verify.sh",
                  "labels": {"team": sys.argv[2]}}))' "$service" "$team")
call POST "$ALERTS_URL/api/v1/alerts" "$alert" "not-a-key-00000000000000000000000" || true
[ "$status" = 401 ] || miss refusal "an alert with a wrong key got $(answer)"
if expects 401 GET "$INCIDENTS_URL/api/v1/incidents/stats" '' ''; then
    saw refusal "a wrong key and no token get 401"
else
    miss refusal "statistics without a token got $(answer)"
fi

expects 200 GET "$INCIDENTS_URL/api/v1/incidents/stats" || stuck statistics "the token got $(answer)"
before=$(field total)

# ── On call ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
schedule=$(python3 -c '
import json, sys
print(json.dumps({"team": sys.argv[1], "rotation_type": "weekly", "members": [{"name": "Verify", "email": sys.argv[2], "role": "primary"}]}))' "$team" "$ADMIN_EMAIL")
expects 201 POST "$ONCALL_URL/api/v1/schedules" "$schedule" || stuck schedule "got $(answer)"
scheduled=1
expects 200 GET "$ONCALL_URL/api/v1/oncall/current?team=$team" || stuck "on call" "got $(answer)"
[ "$(field primary.email)" = "$ADMIN_EMAIL" ] || stuck "on call" "expected $ADMIN_EMAIL, got $(answer)"
saw "on call" "$(field primary.email) for $team, because of $(field primary.reason), until $(field primary.until)"

# ── Alert → incident ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────
expects 201 POST "$ALERTS_URL/api/v1/alerts" "$alert" "$TOCSIN_INGEST_KEY" || stuck alert "got $(answer)"
accepted=$body
incident=$(field incident_id)
[ -n "$incident" ] || stuck alert "its answer names no incident: $(answer)"

# Asked at once and often, without a parser: pending may last some milliseconds only.
states=''
watch_incident() {
    expects 200 GET "$INCIDENTS_URL/api/v1/incidents/$incident" || return 1
    local state
    state=$(grep -o '"notification_status":"[a-z]*"' "$work/body" | cut -d'"' -f4)
    [ -z "$state" ] || case " $states " in *" $state "*) ;; *) states="${states:+$states }$state" ;; esac
}
eventually "$patience" watch_incident || stuck incident "$incident is not there after $patience s: $(answer)"
[ "$(field service)/$(field status)/$(field team)/$(field severity)" = "$service/open/$team/critical" ] || miss incident "it is not what was sent: $(answer)"
saw alert "201, $(field action "$accepted"), alert $(field alert_id "$accepted")"
saw incident "number $(field number), $(field status), $(field severity), team $(field team)"
number=$(field number)

call POST "$ALERTS_URL/api/v1/alerts" "$alert" "$TOCSIN_INGEST_KEY" || true
if [ "$(field incident_id)" = "$incident" ]; then saw "same again" "$(field action)"; else miss "same again" "the same alert made $(answer)"; fi

# ── Notification ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
settled() { watch_incident && case " $states " in *" sent "* | *" failed "*) true ;; *) false ;; esac; }
eventually "$patience" settled || stuck notification "not sent after $patience s; the incident says $(field notification_status)"
case " $states " in *" sent "*) ;; *) miss notification "the incident says $states" ;; esac
expects 200 GET "$NOTIFICATIONS_URL/api/v1/notifications?incident_id=$incident" || stuck notification "the record got $(answer)"
if record=$(python3 -c '
import json, sys
from datetime import datetime

def at(key):
    return datetime.fromisoformat(page[key].replace("Z", "+00:00"))

mine = [n for n in json.loads(sys.argv[1]) if n.get("recipient") == sys.argv[2] and n.get("kind") == "page"]
if len(mine) != 1:
    sys.exit(f"{len(mine)} pages to {sys.argv[2]}, expected one")
page = mine[0]
told = "{status} by {channel} to {recipient}".format(**page)
if page["status"] != "sent":
    sys.exit(told + ": " + str(page.get("reason")))
waited = (at("settled_at") - at("created_at")).total_seconds()
if waited < 0:
    sys.exit(told + ", before it was made")
print(f"{told}, pending for {waited:.3f} s" + (", simulated: no provider is set" if page.get("simulated") else ""))' "$body" "$ADMIN_EMAIL" 2>&1); then
    saw notification "$record; the incident said: $states"
else
    miss notification "$record"
fi

expects 200 GET "$INCIDENTS_URL/api/v1/incidents/$incident/timeline" || stuck timeline "got $(answer)"
kinds=$(python3 -c 'import json, sys; print(" → ".join(entry["kind"] for entry in json.loads(sys.argv[1])))' "$body")
case $kinds in
    trigger*escalate*notify*notify_sent*) saw timeline "$kinds" ;;
    *) miss timeline "expected trigger, escalate, notify, notify_sent; got: $kinds" ;;
esac
call GET "$ONCALL_URL/api/v1/escalations?team=$team&limit=5" || true
case $body in
    *"$incident"*) saw escalation "on call was asked, and recorded whom it named" ;;
    *) miss escalation "on call has no record of the question: $(answer)" ;;
esac

# ── Acknowledge, statistics, resolve ───────────────────────────────────────────────────────────────────────────────────────────────────
expects 200 PATCH "$INCIDENTS_URL/api/v1/incidents/$incident/acknowledge" '{}' || stuck acknowledge "got $(answer)"
if [ "$(field status)" = acknowledged ]; then
    saw acknowledge "by $(field acknowledged_by) at $(field acknowledged_at), epoch $(field epoch)"
else
    miss acknowledge "got $(answer)"
fi
expects 200 GET "$INCIDENTS_URL/api/v1/incidents/stats" || stuck statistics "got $(answer)"
after=$(field total)
if [ "$after" -gt "$before" ] && [ "$(field "by_service.$service")" = 1 ] && [ -n "$(field mtta_seconds)" ]; then
    saw statistics "incidents $before → $after, ours among them, MTTA $(field mtta_seconds) s"
else
    miss statistics "they did not move: before $before, now $(answer)"
fi
call PATCH "$INCIDENTS_URL/api/v1/incidents/$incident/resolve" '{}' || true
if [ "$status/$(field status)" = 200/resolved ]; then resolved=1; else miss resolve "got $(answer)"; fi
call GET "$INCIDENTS_URL/api/v1/incidents/$incident/metrics" || true
if [ -n "$(field mtta_seconds)" ] && [ -n "$(field mttr_seconds)" ]; then
    saw resolve "acknowledged after $(field mtta_seconds) s, resolved after $(field mttr_seconds) s, $(field alert_count) alerts"
else
    miss resolve "its times are missing: $(answer)"
fi

# ── Change events ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
# As run-pipeline.sh tells it after a deployment.
told=$(TOCSIN_CHANGE_URL=$ALERTS_URL/v2/change/enqueue TOCSIN_CHANGE_KEY=$TOCSIN_INGEST_KEY TOCSIN_SKIPPED='' "$TOCSIN_ROOT/ci/change.sh" "verified by $service" "$SECONDS")
call GET "$ALERTS_URL/api/v1/change-events?service=tocsin&limit=1" || true
case $status/$(field 0.summary) in
    "200/Tocsin "*" verified by $service") saw change "$(field 0.summary), $(field 0.timestamp)" ;;
    *) miss change "ci/change.sh said '$told'; the list has $(answer)" ;;
esac

# ── Pages ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
call GET "$WEB_URL/login" '' '' || true
if [ "$status" = 200 ] && grep -q '<form' "$work/body"; then
    call GET "$WEB_URL/incidents/$number" '' '' || true
    case $status in 30?) saw pages "sign-in is shown; an incident's page asks a stranger to sign in" ;; *) miss pages "an incident's page gave a stranger $status" ;; esac
else
    miss pages "/login got $status"
fi

if [ $wrong -gt 0 ]; then
    printf '%sverify: failed%s, %d wrong, %d s\n' "$red" "$plain" "$wrong" "$SECONDS"
    exit 1
fi
say "verify: ok ($SECONDS s)"
