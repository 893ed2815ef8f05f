#!/usr/bin/env bash
# Tocsin on this machine, without containers: installs what is missing, builds, makes a private PostgreSQL, starts the five daemons.
#
#   ./run-local.sh             in the foreground; Ctrl-C stops everything, data stays
#   ./run-local.sh --detach    returns when all are ready; starts only what is not running; a start that fails stops what it started
#   ./run-local.sh --status    how each is; exits with 3 when one is stopped or does not answer
#   ./run-local.sh --stop | --reset
#   ./run-local.sh --database  starts PostgreSQL alone, as for a restore
#   ./run-local.sh --demo      also makes a demo team with a schedule, and simulates channels that have no provider
#
# Ports (ALERTS_PORT, INCIDENTS_PORT, ONCALL_PORT, NOTIFICATIONS_PORT, WEB_PORT, POSTGRES_LOCAL_PORT), ADMIN_EMAIL, SMTP_URL and every other key
# of .env.example may be set in the environment or in .env. Those of the environment are remembered in .local/settings.env for the next start
# (KEY= forgets one, but no SECRETS_KEY or PASSWORD_PEPPER), but for LOG_LEVEL and others of one run. What it makes lies in .local/ (TOCSIN_LOCAL
# names another folder); credentials for scripts are in .local/tocsin.env (both mode 0600). TOCSIN_CONFIGURATION=release builds and runs what
# production should; TOCSIN_BINARIES names a folder of programs built before, and nothing is built.
set -Eeuo pipefail
# Nothing ends this script without a word.
trap 'printf "error: %s:%s: %s\n" "${BASH_SOURCE[0]##*/}" "$LINENO" "$BASH_COMMAND" >&2' ERR
cd "$(dirname "$0")"
# shellcheck source=ci/environment.sh
. ci/environment.sh

given_local=${TOCSIN_LOCAL:-$TOCSIN_ROOT/.local}
local_dir=$(realpath -ms "$given_local")
run_dir=$local_dir/run
log_dir=$local_dir/log
# PostgreSQL refuses to run as root.
if [ "$(id -u)" = 0 ]; then database_user=postgres; else database_user=$(id -un); fi
# Whether these are folders of PostgreSQL's user and no links. What lies in them is run, and gets the superuser's password.
ours() {
    local path
    for path; do [ ! -L "$path" ] && [ -d "$path" ] && [ "$(stat -c %U "$path")" = "$database_user" ] || return 1; done
}
# Which other .local has the database in this folder: the one that started it last, as long as it is there and knows of it. One that was moved is not.
# Only a folder whose owner may have it is believed.
other_owner() { # other_owner <folder>
    local owner user
    user=$(stat -c %U "$1" 2>/dev/null) && [ ! -L "$1" ] && [ ! -L "$1/data" ] && [ "$(stat -c %U "$1/data" 2>/dev/null)" = "$user" ] \
        && { [ "$user" = postgres ] || [ "$user" = root ] || [ "$user" = "$(id -un)" ] || [ "$user" = "$(stat -c %U "$local_dir")" ]; } || return 1
    [ -f "$1/owner" ] && owner=$(cat "$1/owner" 2>/dev/null) && [[ $owner = /* ]] && [ ! "$owner" -ef "$local_dir" ] \
        && [ "$(cat "$owner/data-dir" 2>/dev/null || true)" = "$1" ] && printf '%s\n' "$owner"
}
# PostgreSQL's folder must be reachable for the user it runs as, and its path is short, as that of a socket must be.
short_of() { printf '%s' "$1" | sha256sum | cut -c1-12; }
if [ "$(id -u)" = 0 ]; then
    data_dir=/var/lib/tocsin-$(short_of "$local_dir")
else
    home=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6 || true)}
    [ -n "${XDG_DATA_HOME:-$home}" ] || die "HOME is not set: set it, or XDG_DATA_HOME"
    data_dir=${XDG_DATA_HOME:-$home/.local/share}/tocsin-$(short_of "$local_dir")
fi
# Not below /var/tmp, which newer Debians clean of what nobody touched for a month; where it lay there before, it stays. Everybody may write there.
former=("/var/tmp/tocsin-$(short_of "$local_dir")")
# Its name was made of TOCSIN_LOCAL as it was given; since other clones may have given the same, only for who has its password.
[ ! -s "$local_dir/secrets/postgres" ] || former+=("/var/tmp/tocsin-$(short_of "$given_local")")
for folder in "${former[@]}"; do
    if [ ! -e "$data_dir/data" ] && ours "$folder" "$folder/data" && ! other_owner "$folder" >/dev/null; then data_dir=$folder; fi
done
daemons=(incident-management oncall-service notification-service alert-ingestion web-ui)
remembered=$local_dir/settings.env

# ── Settings ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
# What belongs to an installation and not to one run of it. Not what this script sets itself, nor how much is logged.
remembered_keys() {
    printf '%s\n' ALERTS_PORT INCIDENTS_PORT ONCALL_PORT NOTIFICATIONS_PORT WEB_PORT POSTGRES_LOCAL_PORT ADMIN_EMAIL
    sed -n '/docker-compose.yml only/q; s/^#\{0,1\}\([A-Z][A-Z0-9_]*\)=.*/\1/p' .env.example \
        | grep -vxE '(ALERTS|INCIDENTS|ONCALL|NOTIFICATIONS)_URL|HOST|PORT|INTERNAL_SECRET|SETUP_TOKEN|DATABASE_URL|POSTGRES_.*|LOG_.*|DB_ECHO|SIMULATE_UNCONFIGURED_CHANNELS|API_DOCS_PATH|TOCSIN_REVISION'
}
# A secret may come as KEY_FILE; either form puts the other aside.
is_given() {
    local file=${1}_FILE
    case $1 in
        # Empty is as good as absent: what was sealed under the one that is remembered would be lost with it.
        SECRETS_KEY | PASSWORD_PEPPER) [ -n "${!1:-}${!file:-}" ] || { unset "$1" "$file" && return 1; } ;;
        *) [ -n "${!1+set}" ] || [ -n "${!file+set}" ] ;;
    esac
}
in_env_file() {
    [ -f .env ] || return 0
    sed -n "s/^\(export \)\{0,1\}$1=//p" .env | tail -n 1 | sed "s/^\([\"']\)\(.*\)\1\$/\2/"
}
given=()
# Their values as they were given: what is empty may get a default later, which is not to be kept.
declare -A given_values=()
# The environment goes before .env, and .env before what is remembered.
load_settings() {
    local key name line quoted="^'[^']*'(\\\\''[^']*')*\$"
    while read -r key; do
        if is_given "$key"; then
            given+=("$key")
            for name in "$key" "${key}_FILE"; do given_values[$name]=${!name:-}; done
        elif [ -z "$(in_env_file "$key")$(in_env_file "${key}_FILE")" ]; then
            line=$(grep -E "^${key}(_FILE)?=" "$remembered" 2>/dev/null || true)
            [ -z "$line" ] || eval "export $line"
        fi
    done < <(remembered_keys)
    # These this script needs itself; a daemon finds the others in .env by itself.
    for key in ALERTS_PORT INCIDENTS_PORT ONCALL_PORT NOTIFICATIONS_PORT WEB_PORT POSTGRES_LOCAL_PORT ADMIN_EMAIL FALLBACK_CONTACT \
        PUBLIC_URL CORS_ALLOWED_ORIGINS API_DOCS_PATH LOG_LEVEL; do
        line=$(in_env_file "$key")
        if [ -z "${!key+set}" ] && [ -n "$line" ]; then export "$key=$line"; fi
    done
    # The first admin's address, also of a folder from before settings were remembered.
    if [ -z "${ADMIN_EMAIL:-}" ]; then
        line=$(grep -m 1 '^ADMIN_EMAIL=' "$local_dir/tocsin.env" 2>/dev/null || true)
        line=${line#*=}
        # Releases before wrote it as it was; only what env_lines quoted is the shell's to read.
        if [[ $line =~ $quoted ]]; then eval "ADMIN_EMAIL=$line"; else ADMIN_EMAIL=$line; fi
    fi
}
remember_settings() {
    local key name lines=() kept=() gone=()
    [ ${#given[@]} -gt 0 ] || return 0
    [ ! -s "$remembered" ] || mapfile -t lines < <(grep -vE "^($(IFS='|'; echo "${given[*]}"))(_FILE)?=" "$remembered" || true)
    for key in "${given[@]}"; do
        gone+=("$key")
        for name in "$key" "${key}_FILE"; do
            [ -n "${given_values[$name]}" ] || continue
            lines+=("$(printf '%s=%q' "$name" "${given_values[$name]}")")
            kept+=("$name") && unset 'gone[-1]'
            break
        done
    done
    (umask 077 && { [ ${#lines[@]} = 0 ] || printf '%s\n' "${lines[@]}"; } >"$remembered.new") && mv "$remembered.new" "$remembered"
    [ ${#kept[@]} = 0 ] || say "Kept for the next start, in $remembered: ${kept[*]}"
    [ ${#gone[@]} = 0 ] || say "No longer kept: ${gone[*]}"
}

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
# When a process began, in ticks of this boot; nothing for one that is gone, or has ended and waits for its parent.
began_at() { sed -n 's/.*) \([^ZX] .*\)/\1/p' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20 || true; }
# A process by its number, the moment it began and the machine's boot: after a restart of the machine its number may be anybody's.
identity_of() {
    local moment
    moment=$(began_at "$1")
    [ -n "$moment" ] && printf '%s %s/%s\n' "$1" "$(cat /proc/sys/kernel/random/boot_id)" "$moment"
}
pid_in() { cut -d' ' -f1 "$1"; }
is_alive() {
    local said pid
    [ -s "$1" ] && said=$(cat "$1") && pid=${said%% *} && [[ $pid =~ ^[0-9]+$ ]] || return 1
    # Releases before wrote the number alone: it is ours when it runs this script.
    if [ "$said" = "$pid" ]; then [ -n "$(began_at "$pid")" ] && grep -qsz 'run-local\.sh$' "/proc/$pid/cmdline"; else [ "$(identity_of "$pid")" = "$said" ]; fi
}
port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# ── PostgreSQL ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
# The release that made the data, else the newest.
postgres_bin() {
    local release
    release=$(cat "$data_dir/data/PG_VERSION" 2>/dev/null || true)
    # It becomes part of a path that is run.
    if [[ $release =~ ^[0-9]+$ ]]; then echo "/usr/lib/postgresql/$release/bin"; else dirname "$(compgen -G '/usr/lib/postgresql/*/bin/postgres' | sort -V | tail -1)"; fi
}
as_postgres() {
    if [ "$(id -u)" = 0 ]; then (cd / && setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"); else "$@"; fi
}
# Where it listens, as long as it runs.
database_port() { sed -n '4{/^[0-9]\{1,5\}$/p}' "$data_dir/data/postmaster.pid"; }
# Its pid file too may outlive a restart of the machine, so the socket must answer as well.
database_running() {
    ours "$data_dir" "$data_dir/data" && [ -f "$data_dir/data/postmaster.pid" ] && as_postgres "$(postgres_bin)/pg_ctl" -D "$data_dir/data" status >/dev/null 2>&1 || return 1
    local rc=0
    as_postgres "$(postgres_bin)/pg_isready" -q -h "$data_dir" -p "$(database_port)" || rc=$?
    [ $rc -lt 2 ]
}
superuser_psql() { PGOPTIONS='-c client_min_messages=warning' PGPASSWORD=$(cat "$local_dir/secrets/postgres") psql -h "$data_dir" -p "$(database_port)" -U tocsin_admin -v ON_ERROR_STOP=1 -qtA "$@"; }

# Where the database of a clone lies that was moved, or that another user started.
data_elsewhere() {
    local noted
    noted=$(cat "$local_dir/data-dir" 2>/dev/null) && [[ $noted = /* ]] && [ "$noted" != "$data_dir" ] && [ -e "$noted" ] && printf '%s\n' "$noted"
}

start_database() {
    local elsewhere owner
    if [ -e "$data_dir" ] || [ -L "$data_dir" ]; then ours "$data_dir" || die "$data_dir is not ours: remove it"; fi
    if [ -e "$data_dir/data" ] || [ -L "$data_dir/data" ]; then ours "$data_dir/data" || die "$data_dir/data is not ours: remove it"; fi
    # pg_ctl hands its folder to a shell, and a comma would make two folders of it.
    case $data_dir in *[\'\"\`\$\\,]*) die "PostgreSQL cannot be started in $data_dir, because of the quote, comma, backslash or dollar sign in it: set XDG_DATA_HOME to another folder" ;; esac
    [ "$(printf '%s/.s.PGSQL.65535' "$data_dir" | wc -c)" -le 107 ] || die "$data_dir is too long for PostgreSQL's socket, whose path has at most 107 bytes: set XDG_DATA_HOME to a shorter folder"
    if [ ! -s "$data_dir/data/PG_VERSION" ]; then
        elsewhere=$(data_elsewhere) || elsewhere=''
        if [ -n "$elsewhere" ] && owner=$(other_owner "$elsewhere"); then die "$local_dir is a copy of $owner, which has the database in $elsewhere: begin anew with ./run-local.sh --reset"; fi
        if [ -n "$elsewhere" ] || [ -s "$local_dir/tocsin.env" ]; then
            local anew='begin anew with ./run-local.sh --reset'
            [ -z "$elsewhere" ] || anew='delete both'
            die "$local_dir is there, and its database is not in $data_dir${elsewhere:+ but in $elsewhere}. Move it there, or $anew"
        fi
        { mkdir -p "$(dirname "$data_dir")" && install -d -m 0700 -o "$database_user" "$data_dir"; } || die "$data_dir cannot be made"
        install -m 0600 -o "$database_user" "$local_dir/secrets/postgres" "$data_dir/password"
        as_postgres "$(postgres_bin)/initdb" -D "$data_dir/data" -U tocsin_admin --auth=scram-sha-256 --pwfile="$data_dir/password" --data-checksums -E UTF8 --locale=C.UTF-8 >"$log_dir/initdb.log" 2>&1 \
            || { show_failure "$log_dir/initdb.log" && die "initdb failed: see $log_dir/initdb.log"; }
        rm -f "$data_dir/password"
    fi
    [ -x "$(postgres_bin)/postgres" ] || die "the data in $data_dir is of PostgreSQL $(cat "$data_dir/data/PG_VERSION"), which is not installed: apt-get install postgresql-$(cat "$data_dir/data/PG_VERSION")"
    echo "$data_dir" >"$local_dir/data-dir"
    # A copy of this .local has the same note.
    as_postgres tee "$data_dir/owner" <<<"$local_dir" >/dev/null
    database_running && return 0
    local port=${POSTGRES_LOCAL_PORT:-5433}
    while port_taken "$port"; do port=$((port + 1)); done
    as_postgres "$(postgres_bin)/pg_ctl" -D "$data_dir/data" -l "$data_dir/postgres.log" -w -t 30 \
        -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='$data_dir' -c client_connection_check_interval=2s -c max_locks_per_transaction=256 -c log_lock_waits=on" \
        start >/dev/null || { tail -n 10 "$data_dir/postgres.log" >&2 && die "PostgreSQL did not start: see $data_dir/postgres.log"; }
    started+=(postgresql)
}

# One database, a schema and a role per daemon; a role sees its own schema only.
make_roles() {
    local name exists
    exists=$(superuser_psql -d postgres -c "SELECT 1 FROM pg_database WHERE datname = 'tocsin'") || return 1
    [ "$exists" = 1 ] || superuser_psql -d postgres -c 'CREATE DATABASE tocsin' || return 1
    superuser_psql -d tocsin -f Shared/Postgres/Layout/roles.sql || return 1
    for name in alerting incident oncall notification; do
        # By standard input: arguments show in ps.
        superuser_psql -d tocsin <<<"ALTER ROLE tocsin_$name LOGIN PASSWORD '$(secret "database-$name" 24)'" || return 1
    done
}
stop_database() {
    database_running || return 0
    as_postgres "$(postgres_bin)/pg_ctl" -D "$data_dir/data" -m fast -w stop >/dev/null || return 1
    stopped+=(postgresql)
}

# ── Secrets ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
secret() { # secret <name> <bytes>: made once, letters and digits only
    local file=$local_dir/secrets/$1
    [ -s "$file" ] || (umask 077 && openssl rand -hex "$2" >"$file")
    cat "$file"
}
# A secret of the installation: the one that is given, else the one that was made here. What lies in .env counts from the beginning or never, since
# another would make everything unreadable that is sealed under this one.
own_secret() { # own_secret <KEY> <name>
    local file=$local_dir/secrets/$2 named=${1}_FILE own
    # Empty is as good as absent, and would hide what .env says.
    if [ -n "${!1:-}${!named:-}" ]; then return 0; fi
    unset "$1" "$named"
    own=$(in_env_file "$1")
    if [ -n "$own$(in_env_file "${1}_FILE")" ]; then
        [ -s "$file" ] || return 0
        [ "$own" = "$(cat "$file")" ] || say "$1 of .env is not heeded: this installation began with the one in $file"
    fi
    export "$1=$(secret "$2" 32)"
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
        child=''
        if [ "$rc" = 78 ] || [ "$rc" = 0 ]; then exit "$rc"; fi
        [ $((SECONDS - began)) -gt 60 ] && delay=1
        echo "supervisor: $name ended with $rc, starting again in $delay s" >>"$log_dir/$name.log"
        # A signal's trap would wait for a sleep in the foreground.
        sleep "$delay" &
        child=$!
        wait "$child" || true
        child=''
        delay=$((delay < 16 ? delay * 2 : 30))
    done
}

start_daemon() {
    local name=$1 port schema
    port=$(port_of "$name")
    is_alive "$run_dir/$name.pid" && return 0
    require_port "$name"
    schema=$(schema_of "$name")
    (
        export PORT=$port HOST=127.0.0.1 LOG_LEVEL=${LOG_LEVEL:-info}
        if [ -n "$schema" ]; then
            DATABASE_URL="postgresql://tocsin_$schema:$(secret "database-$schema" 24)@127.0.0.1:$(database_port)/tocsin"
            export DATABASE_URL
        fi
        supervise "$name"
    ) </dev/null >/dev/null 2>&1 &
    # One that is gone already is seen by who waits for it.
    identity_of $! >"$run_dir/$name.pid" || true
    started+=("$name")
}
require_port() {
    if port_taken "$(port_of "$1")"; then die "port $(port_of "$1"), where $1 listens, is taken by another program; set $(port_key "$1")"; fi
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

# What this run started, and what it stopped.
started=() stopped=()
stop_daemons() { # stop_daemons <name…>
    local name rc=0
    for name; do
        if is_alive "$run_dir/$name.pid"; then kill -TERM "$(pid_in "$run_dir/$name.pid")" && stopped+=("$name"); fi
    done
    for name; do
        [ -f "$run_dir/$name.pid" ] || continue
        for _ in $(seq 1 100); do is_alive "$run_dir/$name.pid" || break; sleep 0.2; done
        # What still runs must be found again.
        if is_alive "$run_dir/$name.pid"; then
            printf 'error: %s does not end: process %s\n' "$name" "$(pid_in "$run_dir/$name.pid")" >&2
            rc=1
        else
            rm -f "$run_dir/$name.pid" "$run_dir/$name.child"
        fi
    done
    return $rc
}
stop_all() {
    local elsewhere owner
    elsewhere=$(data_elsewhere) || elsewhere=''
    # What a copy knows, its processes too, is the other's: a start here would have made a note of its own.
    if [ -n "$elsewhere" ] && owner=$(other_owner "$elsewhere"); then
        say "$local_dir is a copy of $owner, which has the database in $elsewhere."
        return 0
    fi
    # A daemon that does not end keeps its database.
    stop_daemons web-ui alert-ingestion notification-service oncall-service incident-management || return 1
    stop_database || return 1
    [ -n "$elsewhere" ] || return 0
    if ours "$elsewhere" "$elsewhere/data"; then
        data_dir=$elsewhere stop_database
    elif [ -e "$elsewhere/data/postmaster.pid" ] || [ ! -x "$elsewhere" ]; then
        printf 'error: the database of %s lies in %s, which belongs to %s: stop it as that user\n' "$local_dir" "$elsewhere" "$(stat -c %U "$elsewhere")" >&2
        return 1
    fi
}
# A start that fails or is interrupted leaves things as they were; what ran before it goes on.
undo_start() {
    local name ours=()
    trap - EXIT
    trap '' INT TERM
    for name in "${started[@]}"; do [ "$name" = postgresql ] || ours=("$name" "${ours[@]}"); done
    stop_daemons "${ours[@]}" || true
    case " ${started[*]} " in *' postgresql '*) stop_database || true ;; esac
    printf 'The start failed%s.\n' "${stopped[*]:+; stopped again: ${stopped[*]}}" >&2
}

# ── The first admin, an API token and an ingest key, through the public API ───────────────────────────────────────────────────────────
first_credentials() {
    if [ -s "$local_dir/tocsin.env" ]; then
        write_addresses
        return 0
    fi
    local email=${ADMIN_EMAIL:-admin@tocsin.local} password access token key name
    password=$(secret admin-password 16)
    # There may be one already, of a run that was interrupted here or whose file was deleted for a new token: the password tells.
    post_json "$INCIDENTS_URL/api/v1/auth/setup" '' "$(token=$SETUP_TOKEN email=$email password=$password json_object token email password)" >/dev/null 2>&1 || true
    access=$(post_json "$INCIDENTS_URL/api/v1/auth/login/access-token" '' "$(username=$email password=$password json_object username password)" | json_field access_token) \
        || die "$email could be neither made the first admin nor signed in with the password in $local_dir/secrets/admin-password; put the admin's own there, and ADMIN_EMAIL in the environment"
    name=run-local-$(date -u +%Y%m%dT%H%M%SZ)
    token=$(post_json "$INCIDENTS_URL/api/v1/tokens" "$access" "{\"name\":\"$name\",\"role\":\"admin\"}" | json_field token) || die "no API token could be made"
    key=$(post_json "$ALERTS_URL/api/v1/integrations" "$token" "{\"name\":\"$name\",\"kind\":\"native\"}" | json_field key) || die "no ingest key could be made"
    (
        umask 077
        env_lines "ALERTS_URL=$ALERTS_URL" "INCIDENTS_URL=$INCIDENTS_URL" "ONCALL_URL=$ONCALL_URL" "NOTIFICATIONS_URL=$NOTIFICATIONS_URL" "WEB_URL=$(url_of web-ui)" \
            "ADMIN_EMAIL=$email" "ADMIN_PASSWORD=$password" "TOCSIN_TOKEN=$token" "TOCSIN_INGEST_KEY=$key" \
            "DATABASE_URL=postgresql://tocsin_admin:$(cat "$local_dir/secrets/postgres")@127.0.0.1:$(database_port)/tocsin" >"$local_dir/tocsin.env"
    )
}

# Where things listen may change from start to start.
write_addresses() {
    sed -i "s|^ALERTS_URL=.*|ALERTS_URL=$(url_of alert-ingestion)|; s|^INCIDENTS_URL=.*|INCIDENTS_URL=$(url_of incident-management)|
        s|^ONCALL_URL=.*|ONCALL_URL=$(url_of oncall-service)|; s|^NOTIFICATIONS_URL=.*|NOTIFICATIONS_URL=$(url_of notification-service)|
        s|^WEB_URL=.*|WEB_URL=$(url_of web-ui)|; s|^\(DATABASE_URL=.*@127.0.0.1:\)[0-9]*/|\1$(database_port)/|" "$local_dir/tocsin.env"
}

demo_team() {
    # shellcheck disable=SC1091
    . "$local_dir/tocsin.env"
    post_json "$ONCALL_URL/api/v1/schedules" "$TOCSIN_TOKEN" "{\"team\":\"demo\",\"rotation_type\":\"weekly\",\"members\":[$(name='Demo Admin' email=$ADMIN_EMAIL role=primary json_object name email role)]}" >/dev/null \
        || die "the demo team could not be made"
    say "Demo: team \"demo\" with $ADMIN_EMAIL on call."
}

all_alive() {
    local name
    database_running || return 1
    for name in "${daemons[@]}"; do is_alive "$run_dir/$name.pid" || return 1; done
}

build_what_changed() {
    local what='Building what changed'
    require_swift
    if programs_fresh; then return 0; fi
    [ -x "$(binaries)/tocsin" ] || what='Building for the first time, which takes about ten minutes'
    say "$what (log: $log_dir/build.log) …"
    watched Building "$log_dir/build.log" build_programs || { show_failure "$log_dir/build.log" && die "the build failed: see $log_dir/build.log"; }
}

start_all() {
    local name
    if all_alive; then
        # Programs and settings are those that it was started with.
        [ ${#given[@]} = 0 ] || say "All is running already: ${given[*]}, given now, would count only after ./run-local.sh --stop."
        for name in "${daemons[@]}"; do wait_ready "$name"; done
        [ "$demo" = 0 ] || demo_team
        describe
        return 0
    fi
    trap undo_start EXIT
    for name in "${daemons[@]}"; do is_alive "$run_dir/$name.pid" || require_port "$name"; done
    install_missing run
    mkdir -p "$run_dir" "$log_dir" "$local_dir/secrets" || die "$local_dir cannot be made"
    chmod 700 "$local_dir"
    if [ -z "${TOCSIN_BINARIES:-}" ]; then build_what_changed; fi
    for name in "${daemons[@]}"; do [ -x "$(binaries)/$name" ] || die "there is no program $(binaries)/$name"; done

    # Its password went with the folder; the data may be somebody's, so it is theirs to delete.
    [ -s "$local_dir/secrets/postgres" ] || [ ! -s "$data_dir/data/PG_VERSION" ] \
        || die "$data_dir holds the database of a former $local_dir: put that folder back, or delete both with ./run-local.sh --reset"
    secret postgres 24 >/dev/null
    INTERNAL_SECRET=$(secret internal 32)
    own_secret PASSWORD_PEPPER pepper
    own_secret SECRETS_KEY secrets-key
    # By the environment, which goes before .env: a .env made for docker compose has a token of its own.
    SETUP_TOKEN=$(secret setup-token 24)
    export INTERNAL_SECRET SETUP_TOKEN
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
    make_roles || die "the database and its roles could not be made"
    for name in "${daemons[@]}"; do start_daemon "$name"; done
    for name in "${daemons[@]}"; do wait_ready "$name"; done
    first_credentials
    trap - EXIT
    remember_settings
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
  set -a; . $local_dir/tocsin.env; set +a
  curl -X POST $(url_of alert-ingestion)/api/v1/alerts -H "Authorization: Bearer \$TOCSIN_INGEST_KEY" -H 'Content-Type: application/json' \\
    -d '{"service":"checkout","severity":"critical","message":"p99 above 2 s"}'
END
    # Asked, since SMTP_URL may come from .env or a file.
    local trouble
    trouble=$(curl -sS -m 2 "$(url_of notification-service)/health" 2>/dev/null | python3 -c 'import json,sys; print(json.load(sys.stdin)["checks"]["channels"].get("detail") or "")' 2>/dev/null || true)
    [ -z "$trouble" ] || say "
notification-service says: $trouble"
}

# As `systemctl status`: 3 when something does not run.
status() {
    local name how rc=0
    if database_running; then say "postgresql  running"; else say "postgresql  stopped" && rc=3; fi
    for name in "${daemons[@]}"; do
        if is_alive "$run_dir/$name.pid"; then
            how=$(curl -sS -m 2 "$(url_of "$name")/health" 2>/dev/null | python3 -c 'import json,sys; print(json.load(sys.stdin)["status"])' 2>/dev/null) || { how='not answering' && rc=3; }
            say "$name  $how"
        else
            say "$name  stopped" && rc=3
        fi
    done
    return $rc
}

database_alone() {
    if [ ! -s "$data_dir/data/PG_VERSION" ] || [ ! -s "$local_dir/secrets/postgres" ]; then die "there is no database yet: ./run-local.sh makes one"; fi
    mkdir -p "$log_dir"
    start_database
    [ ! -s "$local_dir/tocsin.env" ] || write_addresses
    say "PostgreSQL runs. \$DATABASE_URL of $local_dir/tocsin.env leads to it; ./run-local.sh --stop stops it."
}

action=foreground
demo=0
for argument in "$@"; do
    case $argument in
        --detach) action=detach ;;
        --stop) action=stop ;;
        --status) action=status ;;
        --reset) action=reset ;;
        --database) action=database ;;
        --demo) demo=1 SIMULATE_UNCONFIGURED_CHANNELS=${SIMULATE_UNCONFIGURED_CHANNELS:-true} && export SIMULATE_UNCONFIGURED_CHANNELS ;;
        -h | --help) sed -n '2,16s/^# \{0,1\}//p' "$0" && exit 0 ;;
        *) die "unknown option $argument; try --help" ;;
    esac
done

load_settings
case $action in
    stop)
        stop_all || die "not everything could be stopped"
        if [ ${#stopped[@]} = 0 ]; then say "Nothing was running."; else say "Stopped: ${stopped[*]}. Data stays."; fi
        ;;
    status) status || exit $? ;;
    database) database_alone ;;
    reset)
        # Its only note goes with .local. What is refused has stopped nothing.
        if elsewhere=$(data_elsewhere) && ! other_owner "$elsewhere" >/dev/null; then
            die "the database of $local_dir lies in $elsewhere: after ./run-local.sh --stop, move it to $data_dir, or delete it, unless another clone has it"
        fi
        stop_all || die "not everything could be stopped, so nothing is deleted"
        [ ! -e "$data_dir" ] || ours "$data_dir" || die "$data_dir is not ours: remove it"
        rm -rf "$local_dir" "$data_dir"
        say "Everything local is gone."
        ;;
    detach) start_all ;;
    foreground)
        trap 'trap - EXIT; trap "" INT TERM; printf "\nStopping …\n"; stop_all || exit 1; exit 0' INT TERM
        start_all
        say "Ctrl-C stops everything; data stays."
        while :; do sleep 3600 & wait $! || true; done
        ;;
esac
