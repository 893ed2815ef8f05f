#!/usr/bin/env bash
# Checks monitoring/ and docs/runbook.md with the real programs: rules, scrape and route configuration, dashboards, runbook.
#
#   ci/monitoring.sh          what needs no running suite
#   ci/monitoring.sh --live   also makes traffic on a running suite under a real Prometheus and Alertmanager and looks whether every panel and
#                             every recorded figure shows it. TOCSIN_ENV names the tocsin.env of a suite that runs with --demo; without it one
#                             is started (TOCSIN_BINARIES saves the build) and stopped again.
set -euo pipefail
# shellcheck source=ci/environment.sh
. "$(dirname "$0")/environment.sh"
cd "$TOCSIN_ROOT"

live=0
for argument in "$@"; do
    case $argument in
        --live) live=1 ;;
        *) die "unknown option $argument; there is --live" ;;
    esac
done

install_missing test
tools=$TOCSIN_TOOLS_PATH/monitoring
requirements=monitoring/tests/requirements.txt
# The virtual environment is as its list says; a changed list makes it anew.
if ! cmp -s "$requirements" "$tools/requirements.txt"; then
    rm -rf "$tools"
    python3 -m venv "$tools"
    "$tools/bin/pip" install -q --disable-pip-version-check -r "$requirements"
    cp "$requirements" "$tools/requirements.txt"
fi

prometheus=monitoring/prometheus
alertmanager=monitoring/alertmanager/alertmanager.yml
promtool check config --syntax-only "$prometheus/prometheus.yml"
promtool check rules --lint-fatal "$prometheus"/rules/*.yml
promtool test rules "$prometheus"/tests/*.yml
amtool check-config "$alertmanager"

route() { # route <receivers> <label=value>…: where amtool says that such an alert goes
    local expected=$1 found
    shift
    found=$(amtool config routes test --config.file="$alertmanager" "$@" 2>/dev/null | tail -n 1)
    [ "$found" = "$expected" ] || die "an alert with $* goes to '$found', not to '$expected'"
}
route independent,tocsin alertname=TocsinDaemonDown service=tocsin severity=critical job=alert-ingestion
route independent,tocsin alertname=TocsinHealthDegraded service=tocsin severity=low
route independent alertname=Watchdog service=tocsin severity=low
route tocsin alertname=DiskFull service=checkout severity=high
say "routes: ok"

(cd monitoring/tests && "$tools/bin/python" -m unittest)

if [ "$live" = 1 ]; then
    if [ -z "${TOCSIN_ENV:-}" ]; then
        work=$(mktemp -d /tmp/tocsin-monitoring.XXXXXX)
        export TOCSIN_LOCAL=$work/local ALERTS_PORT=${ALERTS_PORT:-19001} INCIDENTS_PORT=${INCIDENTS_PORT:-19002} ONCALL_PORT=${ONCALL_PORT:-19003}
        export NOTIFICATIONS_PORT=${NOTIFICATIONS_PORT:-19004} WEB_PORT=${WEB_PORT:-19080}
        # As in containers, the scrapes must show a token.
        METRICS_TOKEN=$(openssl rand -hex 24)
        export METRICS_TOKEN
        # With Redis, so that its figures are there too; as everything here, alone on a port of its own.
        redis-server --port "${REDIS_LIVE_PORT:-19379}" --bind 127.0.0.1 --save '' --appendonly no --dir "$work" >"$work/redis.log" 2>&1 &
        redis=$!
        export REDIS_URL=redis://127.0.0.1:${REDIS_LIVE_PORT:-19379}/0
        cleanup() {
            ./run-local.sh --reset >/dev/null 2>&1 || true
            kill "$redis" 2>/dev/null || true
            rm -rf "$work"
        }
        trap cleanup EXIT
        ./run-local.sh --detach --demo >"$work/start.log" 2>&1 || { tail -n 20 "$work/start.log" >&2; die "the suite did not start"; }
        TOCSIN_ENV=$TOCSIN_LOCAL/tocsin.env
    fi
    "$tools/bin/python" monitoring/tests/live.py "$TOCSIN_ENV"
fi
say "monitoring: ok"
