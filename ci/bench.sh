#!/usr/bin/env bash
# Measures a release build beside what people would run instead, in one run on this machine, and prints a table. Not part of the tests.
#   ci/bench.sh            ingest, latency, memory, start; needs wrk, prometheus-alertmanager and python3-venv (installed when missing)
# Every load is bounded in time and goes to loopback only; every process started here is stopped here.
set -euo pipefail
export TOCSIN_CONFIGURATION=release
# shellcheck source=ci/environment.sh
. "$(dirname "$0")/environment.sh"
here=$TOCSIN_ROOT/ci/bench
work=$(mktemp -d /tmp/tocsin-bench.XXXXXX)
export TOCSIN_LOCAL=$work/local ALERTS_PORT=18001 INCIDENTS_PORT=18002 ONCALL_PORT=18003 NOTIFICATIONS_PORT=18004 WEB_PORT=18080
mail_port=19825 hook_port=19899
export EGRESS_ALLOW=127.0.0.1:$hook_port SMTP_URL="smtp://127.0.0.1:$mail_port?starttls=off" LOG_LEVEL=warning
seconds=${SECONDS_EACH:-5}
# Peers and Tocsin take turns, so that a slow minute of the machine or its disk is everybody's; an odd number has a median.
rounds=${ROUNDS:-5}
((rounds % 2)) || die "ROUNDS is to be odd, not $rounds"
peers=()
cleanup() {
    [ ${#peers[@]} -eq 0 ] || kill "${peers[@]}" 2>/dev/null || true
    "$TOCSIN_ROOT/run-local.sh" --stop >/dev/null 2>&1 || true
    "$TOCSIN_ROOT/run-local.sh" --reset >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap cleanup EXIT
install_missing test
command -v wrk >/dev/null || as_root apt-get install -y -qq wrk >/dev/null
python=$TOCSIN_TOOLS_PATH/bench
[ -x "$python/bin/uvicorn" ] || { python3 -m venv "$python" && "$python/bin/pip" install -q fastapi 'uvicorn[standard]' 'sqlalchemy[asyncio]' asyncpg aiosmtpd; }

rate() { # rate <what> <url> <environment…>: requests a second and p99
    local what=$1 url=$2
    shift 2
    local out
    out=$(env "$@" wrk -t1 -c64 -d"${seconds}s" --latency -s "$here/post.lua" "$url")
    printf '%-52s %10s req/s   p99 %-10s %s\n' "$what" "$(awk '/Requests\/sec/{print $2}' <<<"$out")" "$(awk '$1=="99%"{print $2}' <<<"$out")" \
        "$(grep -o 'Non-2xx.*' <<<"$out" || true)"
    last=$(awk '/Requests\/sec/{print $2}' <<<"$out")
}

# One more replica of a daemon, timed; the daemons wipe their secrets from /proc, so they come from where run-local.sh keeps them.
one_more() {
    local role
    case $1 in
        alert-ingestion) role=alerting ;;
        incident-management) role=incident ;;
        oncall-service) role=oncall ;;
        notification-service) role=notification ;;
        *) role='' ;;
    esac
    local settings=(INTERNAL_SECRET="$(cat "$TOCSIN_LOCAL/secrets/internal")" PASSWORD_PEPPER="$(cat "$TOCSIN_LOCAL/secrets/pepper")" SECRETS_KEY="$(cat "$TOCSIN_LOCAL/secrets/secrets-key")")
    # Everything after the last colon is port and database.
    [ -z "$role" ] || settings+=(DATABASE_URL="postgresql://tocsin_$role:$(cat "$TOCSIN_LOCAL/secrets/database-$role")@127.0.0.1:${DATABASE_URL##*:}")
    env "${settings[@]}" "$python/bin/python" "$here/start_to_ready.py" "$TOCSIN_BINARIES/$1" 18099
}

# A peer has half a minute to listen, whatever the disk does meanwhile, and then a moment to settle.
wait_for() {
    for _ in $(seq 300); do
        if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then sleep 1 && return 0; fi
        sleep 0.1
    done
    die "nothing listens on port $1"
}

stop_peer() {
    kill "${peers[@]}" 2>/dev/null || true
    wait "${peers[@]}" 2>/dev/null || true
    peers=()
}

[ -n "${TOCSIN_BINARIES:-}" ] || build_programs >/dev/null
TOCSIN_BINARIES=$(binaries)
export TOCSIN_BINARIES
began=$EPOCHREALTIME
"$TOCSIN_ROOT/run-local.sh" --detach >/dev/null
awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN {printf "First start, cluster, schemas and admin made: %.2f s\n", b - a}'
set -a
# shellcheck disable=SC1091
. "$TOCSIN_LOCAL/tocsin.env"
set +a

printf 'Start to ready, migrated database (ms):'
for name in alert-ingestion incident-management oncall-service notification-service web-ui; do
    printf '  %s %s' "$name" "$(one_more "$name")"
done
printf '\n'
memory() { # memory <when>: resident megabytes of each daemon, and in brackets those that are its own and no file's
    printf 'Memory %s (MB):' "$1"
    for name in alert-ingestion incident-management oncall-service notification-service web-ui; do
        printf '  %s %s' "$name" "$(awk '/VmRSS/{all = $2} /RssAnon/{own = $2} END {printf "%.1f (%.1f)", all/1024, own/1024}' "/proc/$(cat "$TOCSIN_LOCAL/run/$name.child")/status")"
    done
    printf '\n'
}
# By then the pages that only the start needed have been given back for the second time.
sleep 10
memory 'at rest'

"$python/bin/python" "$here/latency.py" "${LATENCY_COUNT:-100}" "$mail_port" "$hook_port"
memory 'after those pages'

ratios=()
for ((round = 1; round <= rounds; round++)); do
    printf 'Round %s\n' "$round"
    prometheus-alertmanager --config.file="$here/alertmanager.yml" --storage.path="$work/am$round" --web.listen-address=127.0.0.1:9893 --cluster.listen-address= 2>/dev/null &
    peers=($!)
    wait_for 9893
    rate 'Alertmanager, one alert, in memory' http://127.0.0.1:9893 AM=1 P=/api/v2/alerts
    alertmanager=$last
    stop_peer
    (cd "$here" && DB="postgresql+asyncpg://${DATABASE_URL#postgresql://}" exec "$python/bin/uvicorn" fastapi_peer:app --port 9801 --log-level warning --no-access-log) &
    peers=($!)
    wait_for 9801
    rate 'FastAPI + SQLAlchemy, one alert, committed' http://127.0.0.1:9801 X=1
    fastapi=$last
    stop_peer
    peers=()
    rate 'Tocsin, one alert, committed' "$ALERTS_URL" KEY="$TOCSIN_INGEST_KEY"
    ratios+=("$(awk -v t="$last" -v a="$alertmanager" -v f="$fastapi" 'BEGIN {printf "%.2f %.1f", t/a, t/f}')")
    printf '  ratio: %s x Alertmanager, %s x FastAPI\n' "${ratios[-1]% *}" "${ratios[-1]#* }"
done
median() { printf '%s\n' "${ratios[@]}" | cut -d' ' -f"$1" | sort -n | sed -n "$(((rounds + 1) / 2))p"; }
printf 'Median of %d rounds: %s x Alertmanager, %s x FastAPI\n' "$rounds" "$(median 1)" "$(median 2)"
