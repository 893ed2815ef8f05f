#!/usr/bin/env bash
# The recipe of docs/scale-out.md on this machine's loopback, with the files it quotes: etcd, two Patroni nodes, haproxy, two replicas of alert-ingestion
# and one of incident-management. One switchover and one failover (the leader's Patroni and PostgreSQL killed with -9) under a load of alerts.
#
#   ci/patroni.sh           prints what happened; fails when an accepted alert is not in the database or the cluster does not heal
#
# Needs built programs (TOCSIN_BUILD_PATH, TOCSIN_BINARIES) and the Debian packages patroni, etcd-server and haproxy, which it installs. Three minutes.
set -euo pipefail
# shellcheck source=ci/environment.sh
. "$(dirname "$0")/environment.sh"
install_missing run
packages=()
command -v patroni >/dev/null || packages+=(patroni)
command -v etcd >/dev/null || packages+=(etcd-server)
[ -x /usr/sbin/haproxy ] || packages+=(haproxy)
if [ ${#packages[@]} -gt 0 ]; then
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi
PATH=$PATH:/usr/sbin
programs=$(binaries)
[ -x "$programs/alert-ingestion" ] || die "no programs in $programs: build first, or name their folder in TOCSIN_BINARIES"

work=$(mktemp -d /tmp/tocsin-patroni.XXXXXX)
chmod 0711 "$work"
pids=()
cleanup() {
    local pid
    # Patroni first: it would start again what is stopped under it.
    for pid in "${pids[@]}"; do { kill -9 "$pid" && wait "$pid"; } 2>/dev/null || true; done
    for pid in "$work"/db?/data/postmaster.pid; do [ ! -e "$pid" ] || kill -9 "$(head -1 "$pid")" 2>/dev/null || true; done
    rm -rf "$work"
}
trap cleanup EXIT
began=${EPOCHREALTIME/./}
tell() { # tell <what>, with the seconds since the start
    local tenths=$(((${EPOCHREALTIME/./} - began) / 100000))
    printf '%4d.%d s  %s\n' $((tenths / 10)) $((tenths % 10)) "$*"
}
# PostgreSQL refuses to be root; the process that is started stays the one that can be killed.
as=()
if [ "$(id -u)" = 0 ]; then as=(setpriv --reuid=postgres --regid=postgres --init-groups); fi
mapfile -t port < <(python3 - <<'PY'
import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(11)]
print(*(one.getsockname()[1] for one in sockets), sep="\n")
PY
)
etcd=${port[0]} peer=${port[1]}
declare -A rest=([db1]=${port[2]} [db2]=${port[3]}) sql=([db1]=${port[4]} [db2]=${port[5]}) patroni=()
secret() { openssl rand -hex 24; }
superuser=$(secret) replication=$(secret) rewind=$(secret) roles=$(secret) internal=$(secret) setup=$(secret)

# ── etcd and two Patroni nodes ─────────────────────────────────────────────────────────────────────────────────────────────────────────
mkdir "$work"/{etcd,db1,db2}
[ ${#as[@]} = 0 ] || chown postgres "$work"/{etcd,db1,db2}
(cd "$work/etcd" && exec "${as[@]}" env ETCD_UNSUPPORTED_ARCH="$(uname -m | sed 's/aarch64/arm64/')" etcd --data-dir "$work/etcd/data" --log-level error \
    --listen-client-urls "http://127.0.0.1:$etcd" --advertise-client-urls "http://127.0.0.1:$etcd" \
    --listen-peer-urls "http://127.0.0.1:$peer" --initial-advertise-peer-urls "http://127.0.0.1:$peer" \
    --initial-cluster "default=http://127.0.0.1:$peer") >"$work/etcd.log" 2>&1 &
pids+=($!)
# Two nodes on one machine, perhaps without root, have no common folder for sockets.
sed 's|^      parameters:|&\n        unix_socket_directories: ""|' "$TOCSIN_ROOT/docs/scale-out/patroni.yml" >"$work/patroni.yml"
bin=$(dirname "$(find /usr/lib/postgresql -name initdb | sort -V | tail -1)")
start_node() { # start_node <name>
    local name=$1
    (cd "$work/$name" && exec "${as[@]}" env PATRONI_NAME="$name" PATRONI_ETCD3_HOSTS="127.0.0.1:$etcd" \
        PATRONI_RESTAPI_LISTEN="127.0.0.1:${rest[$name]}" PATRONI_RESTAPI_CONNECT_ADDRESS="127.0.0.1:${rest[$name]}" \
        PATRONI_POSTGRESQL_LISTEN="127.0.0.1:${sql[$name]}" PATRONI_POSTGRESQL_CONNECT_ADDRESS="127.0.0.1:${sql[$name]}" \
        PATRONI_POSTGRESQL_DATA_DIR="$work/$name/data" PATRONI_POSTGRESQL_BIN_DIR="$bin" PATRONI_POSTGRESQL_PGPASS="$work/$name/pgpass" \
        PATRONI_SUPERUSER_PASSWORD="$superuser" PATRONI_REPLICATION_PASSWORD="$replication" PATRONI_REWIND_PASSWORD="$rewind" \
        patroni "$work/patroni.yml") >>"$work/$name.log" 2>&1 &
    patroni[$name]=$!
    pids+=($!)
}
member() { # member leader|sync_standby: its name
    curl -fsS -m 2 "http://127.0.0.1:${rest[db1]}/cluster" 2>/dev/null || curl -fsS -m 2 "http://127.0.0.1:${rest[db2]}/cluster" 2>/dev/null || true
}
role() { member | python3 -c 'import json,sys
try: members = json.load(sys.stdin)["members"]
except ValueError: members = []
print(*(m["name"] for m in members if m["role"] == sys.argv[1] and m["state"] in ("running", "streaming")))' "$1"; }
wait_for() { # wait_for <leader> <standby>: the cluster as it is to be
    for _ in $(seq 1 240); do
        [ "$(role leader) $(role sync_standby)" = "$1 $2" ] && return 0
        sleep 0.25
    done
    tail -5 "$work"/db?.log
    die "the cluster is not $1 with $2: $(member)"
}
start_node db1
for _ in $(seq 1 120); do [ "$(role leader)" = db1 ] && break; sleep 0.25; done
start_node db2
wait_for db1 db2
tell "Patroni $(patroni --version | cut -d' ' -f2): leader db1, synchronous standby db2"

# ── The suite ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
query() { PGPASSWORD=$superuser psql "host=127.0.0.1,127.0.0.1 port=${sql[db1]},${sql[db2]} user=postgres dbname=${database:-tocsin} target_session_attrs=read-write" -v ON_ERROR_STOP=1 -qtA "$@"; }
database=postgres query -c 'CREATE DATABASE tocsin'
query -f "$TOCSIN_ROOT/Shared/Postgres/Layout/roles.sql"
for schema in alerting incident oncall notification; do echo "ALTER ROLE tocsin_$schema PASSWORD '$roles';"; done | query
front_alerts=${port[6]} front_incidents=${port[7]} alerts_a=${port[8]} alerts_b=${port[9]} incidents_a=${port[10]}
# The documented file, with this machine's addresses; of the other daemons there is none here.
sed -e "s/10\.0\.0\.5:8001/127.0.0.1:$front_alerts/; s/10\.0\.0\.5:8002/127.0.0.1:$front_incidents/" \
    -e "s/10\.0\.0\.21:8001/127.0.0.1:$alerts_a/; s/10\.0\.0\.22:8001/127.0.0.1:$alerts_b/; s/10\.0\.0\.21:8002/127.0.0.1:$incidents_a/" \
    -e '/server b 10\.0\.0\.22:8002/d; /^frontend oncall-service/,$d' "$TOCSIN_ROOT/docs/scale-out/haproxy.cfg" >"$work/haproxy.cfg"
haproxy -c -q -f "$work/haproxy.cfg"
haproxy -db -f "$work/haproxy.cfg" >"$work/haproxy.log" 2>&1 &
pids+=($!)
start_daemon() { # start_daemon <program> <port> <schema>
    (cd "$work" && exec env INTERNAL_SECRET="$internal" SETUP_TOKEN="$setup" PORT="$2" HOST=127.0.0.1 LOG_FORMAT=text \
        ALERTS_URL="http://127.0.0.1:$front_alerts" INCIDENTS_URL="http://127.0.0.1:$front_incidents" \
        DATABASE_URL="postgresql://tocsin_$3:$roles@127.0.0.1:${sql[db1]},127.0.0.1:${sql[db2]}/tocsin?target_session_attrs=read-write" \
        "$programs/$1") >"$work/$1-$2.log" 2>&1 &
    pids+=($!)
}
start_daemon incident-management "$incidents_a" incident
start_daemon alert-ingestion "$alerts_a" alerting
start_daemon alert-ingestion "$alerts_b" alerting
for front in "$front_incidents" "$front_alerts"; do
    for _ in $(seq 1 120); do curl -fsS -m 2 -o /dev/null "http://127.0.0.1:$front/readyz" 2>/dev/null && break; sleep 0.25; done
done
json() { python3 -c 'import json,sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
post() { curl -fsS -m 15 -X POST "http://127.0.0.1:$1" -H 'content-type: application/json' -H "authorization: Bearer $2" -d "$3"; }
post "$front_incidents/api/v1/auth/setup" '' "{\"token\":\"$setup\",\"email\":\"admin@example.org\",\"password\":\"$internal\"}" >/dev/null
access=$(post "$front_incidents/api/v1/auth/login/access-token" '' "{\"username\":\"admin@example.org\",\"password\":\"$internal\"}" | json access_token)
key=$(post "$front_alerts/api/v1/integrations" "$access" '{"name":"load","kind":"native"}' | json key)
tell "haproxy before two replicas of alert-ingestion; DATABASE_URL names both nodes"

# ── Load, switchover, failover ─────────────────────────────────────────────────────────────────────────────────────────────────────────
python3 "$TOCSIN_ROOT/ci/patroni/load.py" "http://127.0.0.1:$front_alerts" "$work/load" <<<"$key" &
load=$!
pids+=("$load")
sleep 8
tell "switchover: db1 hands over to db2"
PATRONI_ETCD3_HOSTS="127.0.0.1:$etcd" patronictl -c "$work/patroni.yml" switchover tocsin --leader db1 --candidate db2 --force >"$work/switchover.log" 2>&1 \
    || die "no switchover: $(cat "$work/switchover.log")"
wait_for db2 db1
tell "leader db2, synchronous standby db1"
sleep 8
tell "failover: db2's Patroni and PostgreSQL are killed with -9"
date +%s.%N >"$work/killed"
{ kill -9 "${patroni[db2]}" "$(head -1 "$work/db2/data/postmaster.pid")" && wait "${patroni[db2]}"; } 2>/dev/null || true
for _ in $(seq 1 240); do [ "$(role leader)" = db1 ] && break; sleep 0.25; done
[ "$(role leader)" = db1 ] || die "db1 did not take over: $(tail -5 "$work/db1.log")"
tell "leader db1"
sleep 8
tell "db2's Patroni is started again"
start_node db2
wait_for db1 db2
tell "leader db1, synchronous standby db2 (rewound)"
kill -TERM "$load"
wait "$load" || die "the load failed"

# ── What became of it ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────
query -c 'SELECT dedup_key FROM alerting.alert' | sort -u >"$work/stored"
python3 "$TOCSIN_ROOT/ci/patroni/load.py" --report "$work/load" "$(cat "$work/killed")" "$work/stored"
