#!/usr/bin/env bash
# Tocsin on this machine, without containers: installs what is missing, builds, makes a private PostgreSQL, starts the five daemons.
#
#   ./run-local.sh             in the foreground; Ctrl-C stops everything, data stays
#   ./run-local.sh --detach    returns when all are ready; starts only what is not running
#   ./run-local.sh --status | --stop | --reset
#   ./run-local.sh --demo      also makes a demo team with a schedule, and simulates channels that have no provider
#
# Ports (ALERTS_PORT, INCIDENTS_PORT, ONCALL_PORT, NOTIFICATIONS_PORT, WEB_PORT), SMTP_URL and every other key of .env.example may be set in
# the environment or in .env. What it makes lies in .local/ (TOCSIN_LOCAL names another folder); credentials for scripts are in
# .local/tocsin.env (mode 0600). TOCSIN_CONFIGURATION=release builds and runs what production should;
# TOCSIN_BINARIES names a folder of programs built before, and nothing is built.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=ci/environment.sh
. ci/environment.sh

local_dir=${TOCSIN_LOCAL:-$TOCSIN_ROOT/.local}
run_dir=$local_dir/run
log_dir=$local_dir/log
# PostgreSQL's folder must be reachable for the user it runs as, and a socket path has at most 107 bytes.
short=$(printf '%s' "$local_dir" | sha256sum | cut -c1-12)
data_dir=/var/tmp/tocsin-$short
daemons=(incident-management oncall-service notification-service alert-ingestion web-ui)

port_of() {
    case $1 in
        alert-ingestion) echo "${ALERTS_PORT:-8001}" ;;
        incident-management) echo "${INCIDENTS_PORT:-8002}" ;;
        oncall-service) echo "${ONCALL_PORT:-8003}" ;;
        notification-service) echo "${NOTIFICATIONS_PORT:-8004}" ;;
        web-ui) echo "${WEB_PORT:-8080}" ;;
    esac
}
schema_of() {
    case $1 in
        alert-ingestion) echo alerting ;;
        incident-management) echo incident ;;
        oncall-service) echo oncall ;;
        notification-service) echo notification ;;
    esac
}
url_of() { echo "http://127.0.0.1:$(port_of "$1")"; }
is_alive() { [ -f "$1" ] && kill -0 "$(cat "$1")" 2>/dev/null; }
port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# ── PostgreSQL ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
postgres_bin() { dirname "$(compgen -G '/usr/lib/postgresql/*/bin/postgres' | sort -V | tail -1)"; }
# PostgreSQL refuses to run as root.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then (cd / && setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"); else "$@"; fi
}
database_running() { [ -f "$data_dir/data/postmaster.pid" ] && as_postgres "$(postgres_bin)/pg_ctl" -D "$data_dir/data" status >/dev/null 2>&1; }
superuser_psql() { PGOPTIONS='-c client_min_messages=warning' PGPASSWORD=$(cat "$local_dir/secrets/postgres") psql -h "$data_dir" -p "$(cat "$data_dir/port")" -U tocsin_admin -v ON_ERROR_STOP=1 -qtA "$@"; }

start_database() {
    if [ ! -s "$data_dir/data/PG_VERSION" ]; then
        mkdir -p "$data_dir"
        [ "$(id -u)" = 0 ] && chown postgres: "$data_dir"
        install -m 0644 "$local_dir/secrets/postgres" "$data_dir/password"
        as_postgres "$(postgres_bin)/initdb" -D "$data_dir/data" -U tocsin_admin --auth=scram-sha-256 --pwfile="$data_dir/password" --data-checksums -E UTF8 --locale=C.UTF-8 >"$log_dir/initdb.log" 2>&1 \
            || die "initdb failed: see $log_dir/initdb.log"
        rm -f "$data_dir/password"
    fi
    database_running && return 0
    local port=${POSTGRES_LOCAL_PORT:-5433}
    while port_taken "$port"; do port=$((port + 1)); done
    echo "$port" >"$data_dir/port"
    as_postgres "$(postgres_bin)/pg_ctl" -D "$data_dir/data" -l "$data_dir/postgres.log" -w -t 30 \
        -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$data_dir -c client_connection_check_interval=2s -c log_lock_waits=on" \
        start >/dev/null || die "PostgreSQL did not start: see $data_dir/postgres.log"
}

# One database, a schema and a role per daemon; a role sees its own schema only.
make_roles() {
    [ "$(superuser_psql -d postgres -c "SELECT 1 FROM pg_database WHERE datname = 'tocsin'")" = 1 ] || superuser_psql -d postgres -c 'CREATE DATABASE tocsin'
    superuser_psql -d tocsin -f Shared/Postgres/Layout/roles.sql
    local name
    for name in alerting incident oncall notification; do
        # By standard input: arguments show in ps.
        superuser_psql -d tocsin <<<"ALTER ROLE tocsin_$name LOGIN PASSWORD '$(secret "database-$name" 24)'"
    done
}
stop_database() { if database_running; then as_postgres "$(postgres_bin)/pg_ctl" -D "$data_dir/data" -m fast -w stop >/dev/null; fi; }

# ── Secrets ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
secret() { # secret <name> <bytes>: made once, letters and digits only
    local file=$local_dir/secrets/$1
    [ -s "$file" ] || (umask 077 && openssl rand -hex "$2" >"$file")
    cat "$file"
}

# ── Daemons ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
# Restarts a daemon that dies, ever later, up to 30 s; a daemon that refuses its configuration (78) is left alone.
supervise() {
    local name=$1 child='' delay=1 began rc
    trap '' HUP
    trap 'trap "" TERM; [ -n "$child" ] && kill -TERM "$child" 2>/dev/null; wait "$child" 2>/dev/null; exit 0' TERM INT
    while :; do
        began=$SECONDS
        "$(binaries)/$name" >>"$log_dir/$name.log" 2>&1 &
        child=$!
        echo "$child" >"$run_dir/$name.child"
        rc=0
        wait "$child" || rc=$?
        if [ "$rc" = 78 ] || [ "$rc" = 0 ]; then exit "$rc"; fi
        [ $((SECONDS - began)) -gt 60 ] && delay=1
        echo "supervisor: $name ended with $rc, starting again in $delay s" >>"$log_dir/$name.log"
        sleep "$delay"
        delay=$((delay < 16 ? delay * 2 : 30))
    done
}

start_daemon() {
    local name=$1 port schema
    port=$(port_of "$name")
    is_alive "$run_dir/$name.pid" && return 0
    if port_taken "$port"; then die "port $port, where $name listens, is taken by another program; set $(port_key "$name")"; fi
    schema=$(schema_of "$name")
    (
        export PORT=$port HOST=127.0.0.1 LOG_LEVEL=${LOG_LEVEL:-info}
        if [ -n "$schema" ]; then
            DATABASE_URL="postgresql://tocsin_$schema:$(secret "database-$schema" 24)@127.0.0.1:$(cat "$data_dir/port")/tocsin"
            export DATABASE_URL
        fi
        supervise "$name"
    ) </dev/null >/dev/null 2>&1 &
    echo $! >"$run_dir/$name.pid"
}
port_key() {
    case $1 in
        alert-ingestion) echo ALERTS_PORT ;;
        incident-management) echo INCIDENTS_PORT ;;
        oncall-service) echo ONCALL_PORT ;;
        notification-service) echo NOTIFICATIONS_PORT ;;
        web-ui) echo WEB_PORT ;;
    esac
}

wait_ready() {
    local name=$1 tries=0
    until curl -fsS -m 2 -o /dev/null "$(url_of "$name")/readyz" 2>/dev/null; do
        tries=$((tries + 1))
        is_alive "$run_dir/$name.pid" || die "$name did not start: $(tail -n 3 "$log_dir/$name.log")"
        [ $tries -lt 150 ] || die "$name is not ready after 30 s: see $log_dir/$name.log"
        sleep 0.2
    done
}

stop_all() {
    local name pid
    for name in web-ui alert-ingestion notification-service oncall-service incident-management; do
        if is_alive "$run_dir/$name.pid"; then kill -TERM "$(cat "$run_dir/$name.pid")"; fi
    done
    for name in "${daemons[@]}"; do
        [ -f "$run_dir/$name.pid" ] || continue
        pid=$(cat "$run_dir/$name.pid")
        for _ in $(seq 1 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.2; done
        rm -f "$run_dir/$name.pid" "$run_dir/$name.child"
    done
    stop_database
}

# ── The first admin, an API token and an ingest key, through the public API ───────────────────────────────────────────────────────────
json() { python3 -c 'import json,sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
post() { # post <url> <bearer or empty> <json>
    curl -fsS -m 15 -X POST "$1" -H 'content-type: application/json' ${2:+-H "authorization: Bearer $2"} -d "$3"
}

first_credentials() {
    [ -s "$local_dir/tocsin.env" ] && return 0
    local email=${ADMIN_EMAIL:-admin@tocsin.local} password incidents alerts access token key
    password=$(secret admin-password 16)
    incidents=$(url_of incident-management) alerts=$(url_of alert-ingestion)
    post "$incidents/api/v1/auth/setup" '' "{\"token\":\"$SETUP_TOKEN\",\"email\":\"$email\",\"password\":\"$password\"}" >/dev/null \
        || die "the first admin could not be made; ./run-local.sh --reset begins anew"
    access=$(post "$incidents/api/v1/auth/login/access-token" '' "{\"username\":\"$email\",\"password\":\"$password\"}" | json access_token)
    token=$(post "$incidents/api/v1/tokens" "$access" '{"name":"run-local","role":"admin"}' | json token)
    key=$(post "$alerts/api/v1/integrations" "$token" '{"name":"run-local","kind":"native"}' | json key)
    (
        umask 077
        cat >"$local_dir/tocsin.env" <<END
ALERTS_URL=$alerts
INCIDENTS_URL=$incidents
ONCALL_URL=$(url_of oncall-service)
NOTIFICATIONS_URL=$(url_of notification-service)
WEB_URL=$(url_of web-ui)
ADMIN_EMAIL=$email
ADMIN_PASSWORD=$password
TOCSIN_TOKEN=$token
TOCSIN_INGEST_KEY=$key
DATABASE_URL=postgresql://tocsin_admin:$(cat "$local_dir/secrets/postgres")@127.0.0.1:$(cat "$data_dir/port")/tocsin
END
    )
}

demo_team() {
    # shellcheck disable=SC1091
    . "$local_dir/tocsin.env"
    post "$ONCALL_URL/api/v1/schedules" "$TOCSIN_TOKEN" "{\"team\":\"demo\",\"rotation_type\":\"weekly\",\"members\":[{\"name\":\"Demo Admin\",\"email\":\"$ADMIN_EMAIL\",\"role\":\"primary\"}]}" >/dev/null
    say "Demo: team \"demo\" with $ADMIN_EMAIL on call."
}

start_all() {
    install_missing run
    command -v python3 >/dev/null || die "python3 is needed to read the daemons' answers"
    mkdir -p "$run_dir" "$log_dir" "$local_dir/secrets"
    chmod 700 "$local_dir"
    if [ -z "${TOCSIN_BINARIES:-}" ]; then
        say "Building (the first time takes about ten minutes; log: $log_dir/build.log) …"
        build_programs >"$log_dir/build.log" 2>&1 || { tail -n 30 "$log_dir/build.log" >&2; die "the build failed"; }
    fi

    secret postgres 24 >/dev/null
    INTERNAL_SECRET=$(secret internal 32)
    PASSWORD_PEPPER=${PASSWORD_PEPPER:-$(secret pepper 32)}
    SECRETS_KEY=${SECRETS_KEY:-$(secret secrets-key 32)}
    # By the environment, which goes before .env: a .env made for docker compose has a token of its own.
    SETUP_TOKEN=$(secret setup-token 24)
    export INTERNAL_SECRET PASSWORD_PEPPER SECRETS_KEY SETUP_TOKEN
    # The last resort is a contact of its own, not whoever happens to be an admin.
    export FALLBACK_CONTACT=${FALLBACK_CONTACT:-mailto:${ADMIN_EMAIL:-admin@tocsin.local}}
    export ALERTS_URL INCIDENTS_URL ONCALL_URL NOTIFICATIONS_URL PUBLIC_URL
    ALERTS_URL=$(url_of alert-ingestion) INCIDENTS_URL=$(url_of incident-management) ONCALL_URL=$(url_of oncall-service)
    NOTIFICATIONS_URL=$(url_of notification-service) PUBLIC_URL=${PUBLIC_URL:-$(url_of web-ui)}
    # The pages of the API are a help, not a need: without network, and before a first set-up with it, they are left out.
    API_DOCS_PATH=${API_DOCS_PATH:-$(install_api_docs 2>"$log_dir/api-docs.log" || true)}
    [ -n "$API_DOCS_PATH" ] || say "The pages /docs and /redoc could not be set up: see $log_dir/api-docs.log"
    # Authorize on the other daemons' /docs signs in at incident-management.
    CORS_ALLOWED_ORIGINS=${CORS_ALLOWED_ORIGINS:-$ALERTS_URL,$ONCALL_URL,$NOTIFICATIONS_URL}
    export API_DOCS_PATH CORS_ALLOWED_ORIGINS
    start_database
    make_roles
    local name
    for name in "${daemons[@]}"; do start_daemon "$name"; done
    for name in "${daemons[@]}"; do wait_ready "$name"; done
    first_credentials
    [ "$demo" = 0 ] || demo_team
    describe
}

describe() {
    cat <<END

Tocsin runs.
  pages          $(url_of web-ui)   (sign in with ADMIN_EMAIL and ADMIN_PASSWORD of $local_dir/tocsin.env)
  alerts         $(url_of alert-ingestion)
  incidents      $(url_of incident-management)
  on call        $(url_of oncall-service)
  notifications  $(url_of notification-service)
  logs           $log_dir/
  API            each of them at /docs (Swagger UI), /redoc and /openapi.json

Page somebody:
  . $local_dir/tocsin.env
  curl -X POST $(url_of alert-ingestion)/api/v1/alerts -H "Authorization: Bearer \$TOCSIN_INGEST_KEY" -H 'Content-Type: application/json' \\
    -d '{"service":"checkout","severity":"critical","message":"p99 above 2 s"}'
END
    [ -n "${SMTP_URL:-}" ] || say "No SMTP_URL is set: e-mail pages fail (or are simulated with --demo). /health says so."
}

status() {
    local name
    if database_running; then say "postgresql  running"; else say "postgresql  stopped"; fi
    for name in "${daemons[@]}"; do
        if is_alive "$run_dir/$name.pid"; then
            say "$name  $(curl -sS -m 2 "$(url_of "$name")/health" 2>/dev/null | python3 -c 'import json,sys; print(json.load(sys.stdin)["status"])' 2>/dev/null || echo 'not answering')"
        else
            say "$name  stopped"
        fi
    done
}

action=foreground
demo=0
for argument in "$@"; do
    case $argument in
        --detach) action=detach ;;
        --stop) action=stop ;;
        --status) action=status ;;
        --reset) action=reset ;;
        --demo) demo=1 SIMULATE_UNCONFIGURED_CHANNELS=${SIMULATE_UNCONFIGURED_CHANNELS:-true} && export SIMULATE_UNCONFIGURED_CHANNELS ;;
        -h | --help) sed -n '2,14s/^# \{0,1\}//p' "$0" && exit 0 ;;
        *) die "unknown option $argument; try --help" ;;
    esac
done

case $action in
    stop) stop_all ;;
    status) status ;;
    reset)
        stop_all
        rm -rf "$local_dir" "$data_dir"
        say "Everything local is gone."
        ;;
    detach) start_all ;;
    foreground)
        trap 'trap "" INT TERM; printf "\nStopping …\n"; stop_all; exit 0' INT TERM
        start_all
        say "Ctrl-C stops everything; data stays."
        while :; do sleep 3600 & wait $! || true; done
        ;;
esac
