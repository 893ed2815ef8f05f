#!/usr/bin/env bash
# Runs the images that ci/images.sh made with buildah the way docker-compose.yml says, where no engine runs: each daemon in its image's own root,
# mounted read-only with a small /tmp, as nobody in particular, without capabilities, in a network of its own; with the environment of the compose
# file and fresh secrets. PostgreSQL and Redis are this machine's. Then HEALTHCHECK as the image says it, ci/verify.sh, a back-up and a restore by the tools' image, and an orderly
# stop.
#   ci/try-images.sh        needs root, buildah and the images; TOCSIN_TAG and TOCSIN_IMAGES_PATH as in ci/images.sh
set -euo pipefail
# shellcheck source=ci/environment.sh
. "$(dirname "$0")/environment.sh"
cd "$TOCSIN_ROOT"

prefix=${TOCSIN_IMAGES:-tocsin} tag=${TOCSIN_TAG:-$(revision)}
store=${TOCSIN_IMAGES_PATH:-${HOME:-/root}/.cache/tocsin/images}
in_store() { buildah --root "$store/storage" --runroot "$store/run" --storage-driver vfs "$@"; }
services=(incident-management oncall-service notification-service alert-ingestion web-ui)

if [ "${1:-}" != inside ]; then
    if ! command -v buildah >/dev/null || [ "$(id -u)" != 0 ]; then skip_stage images "trying them needs buildah and root"; fi
    checkers || die "the checkers of ci/checkers.txt cannot be installed here"
    # A network and mounts of its own: 0.0.0.0 is nobody else's, ports are free, and everything is gone with the last process.
    exec unshare --net --mount --propagation private "$0" inside
fi

work=$(mktemp -d /var/tmp/tocsin-images.XXXXXX)
running=()
cleanup() {
    local rc=$?
    [ ${#running[@]} -eq 0 ] || kill -TERM "${running[@]}" 2>/dev/null || true
    [ ! -e "$work/data/postmaster.pid" ] || as_postgres "$postgres/pg_ctl" -D "$work/data" -m immediate stop >/dev/null 2>&1 || true
    in_store rm -a >/dev/null 2>&1 || true
    rm -rf "$work"
    exit $rc
}
trap cleanup EXIT
chmod 0711 "$work"
ip link set lo up

# ── What compose brings along: secrets, names, PostgreSQL, Redis ───────────────────────────────────────────────────────────────────────
ci/make-env.sh "$work/.env" >/dev/null
echo SIMULATE_UNCONFIGURED_CHANNELS=true >>"$work/.env"
of_env() { sed -n "s/^$1=//p" "$work/.env"; }
environment_of() { "$CHECKERS/python" ci/compose-environment.py docker-compose.yml "$work/.env" "$1"; }
printf '127.0.0.1 localhost postgres redis %s\n' "${services[*]}" >"$work/hosts"
mount --bind "$work/hosts" /etc/hosts

postgres=$(dirname "$(compgen -G '/usr/lib/postgresql/*/bin/postgres' | sort -V | tail -1)")
as_postgres() { (cd / && setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"); }
mkdir "$work/data" && chown postgres: "$work/data"
(umask 077 && of_env POSTGRES_PASSWORD >"$work/password") && chown postgres: "$work/password"
as_postgres "$postgres/initdb" -D "$work/data" -U tocsin_admin --auth=scram-sha-256 --pwfile="$work/password" --data-checksums -E UTF8 --locale=C.UTF-8 >/dev/null
as_postgres "$postgres/pg_ctl" -D "$work/data" -l "$work/data/log" -w -t 60 -o "-c listen_addresses=127.0.0.1 -c unix_socket_directories=$work/data" start >/dev/null
PGPASSWORD=$(of_env POSTGRES_PASSWORD) psql -h postgres -U tocsin_admin -d postgres -qc 'CREATE DATABASE tocsin'
mapfile -d '' -t given < <(environment_of database-roles)
# Twice, as at a second `docker compose up`.
for _ in 1 2; do
    sed "s#/tocsin/roles.sql#$TOCSIN_ROOT/Shared/Postgres/Layout/roles.sql#" ci/containers/roles.sh | env -i PATH="$PATH" "${given[@]}" sh 2>"$work/roles" || { cat "$work/roles" >&2 && die "the roles were not made"; }
done
if command -v redis-server >/dev/null; then
    mkdir -p /run/redis
    mount -t tmpfs -o uid=999,gid=999,mode=0700,size=1m tmpfs /run/redis
    mapfile -d '' -t given < <(environment_of redis)
    start=$("$CHECKERS/python" -c 'import yaml; print(yaml.safe_load(open("docker-compose.yml"))["services"]["redis"]["entrypoint"][2].replace("$$", "$"))')
    (cd / && exec env -i PATH="$PATH" "${given[@]}" setpriv --reuid=999 --regid=999 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all sh -c "$start" >"$work/redis.log" 2>&1) &
    running+=($!)
    for _ in $(seq 1 50); do [ "$(REDISCLI_AUTH=$(of_env REDIS_PASSWORD) redis-cli ping 2>/dev/null)" = PONG ] && break; sleep 0.1; done
    [ "$(REDISCLI_AUTH=$(of_env REDIS_PASSWORD) redis-cli ping 2>&1)" = PONG ] || die "redis does not answer: $(cat "$work/redis.log")"
    redis-cli ping 2>&1 | grep -q NOAUTH || die "redis answers without its password"
    say "redis          answers to its password only"
else
    skipped redis "redis-server is not installed"
fi

# ── The daemons ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
of_image() { in_store inspect --type image --format "$2" "$prefix/$1:$tag"; }
confined() { # confined <root> <command…>
    local root=$1
    shift
    chroot "$root" setpriv --reuid=10001 --regid=10001 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all -- "$@"
}
for service in "${services[@]}"; do
    [ "$(of_image "$service" '{{.Docker.Config.User}}')" = 10001:10001 ] || die "$service is not run as 10001"
    root=$(in_store mount "$(in_store from --pull-never "$prefix/$service:$tag")")
    touch "$root/etc/hosts"
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"
    mount --bind "$work/hosts" "$root/etc/hosts"
    mount -t tmpfs -o size=16m,mode=1777,noexec,nosuid,nodev tmpfs "$root/tmp"
    mount -o remount,bind,ro "$root"
    ! touch "$root/written" 2>/dev/null || die "the root of $service is writable"

    mapfile -t baked < <(of_image "$service" '{{range .Docker.Config.Env}}{{println .}}{{end}}' | grep .)
    mapfile -t entry < <(of_image "$service" '{{range .Docker.Config.Entrypoint}}{{println .}}{{end}}' | grep .)
    mapfile -t health < <(of_image "$service" '{{range .Docker.Config.Healthcheck.Test}}{{println .}}{{end}}' | grep .)
    [ "${health[0]}" = CMD ] || die "$service needs a shell for its HEALTHCHECK"
    mapfile -d '' -t given < <(environment_of "$service")
    (
        cd / || exit 1
        exec env -i "${baked[@]}" "${given[@]}" chroot "$root" setpriv --reuid=10001 --regid=10001 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all -- "${entry[@]}" >"$work/$service.log" 2>&1
    ) &
    pid=$!
    running+=("$pid")
    began=$SECONDS
    until confined "$root" "${health[@]:1}" >/dev/null 2>&1; do
        kill -0 "$pid" 2>/dev/null || die "$service ended: $(tail -n 3 "$work/$service.log")"
        [ $((SECONDS - began)) -lt 60 ] || die "$service is not healthy after 60 s: $(tail -n 3 "$work/$service.log")"
        sleep 0.5
    done
    printf '%-22s healthy by %s, %s, uid %s, capabilities %s, no new privileges %s, %s MB\n' "$service" "${health[*]:1:2}" "root read-only" \
        "$(awk '/^Uid/{print $2}' "/proc/$pid/status")" "$(awk '/^CapBnd/{print $2}' "/proc/$pid/status")" "$(awk '/^NoNewPrivs/{print $2}' "/proc/$pid/status")" \
        "$(awk '/^VmRSS/{printf "%.0f", $2/1024}' "/proc/$pid/status")"
done
! confined "$root" /usr/local/bin/tocsin healthcheck http://127.0.0.1:9 >/dev/null 2>&1 || die "HEALTHCHECK is content with a port where nobody answers"

# ── The suite ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
SETUP_TOKEN=$(of_env SETUP_TOKEN) ci/first-admin.sh 127.0.0.1 "$work/tocsin.env"
METRICS_TOKEN=$(of_env METRICS_TOKEN) ci/verify.sh --env "$work/tocsin.env"
if command -v redis-server >/dev/null; then
    for port in 8001 8002 8004; do
        curl -fsS -m 5 "http://127.0.0.1:$port/health" | python3 -c 'import json,sys; sys.exit(json.load(sys.stdin)["checks"]["redis"]["status"] != "ok")' \
            || die "the daemon on $port does not use redis"
    done
    say "redis          used by three daemons"
fi
# ── The tools: a back-up while all daemons work, a restore after they have stopped ─────────────────────────────────────────────────────────────
[ "$(of_image tools '{{.Docker.Config.User}}')" = 10001:10001 ] || die "tools is not run as 10001"
tools=$(in_store mount "$(in_store from --pull-never "$prefix/tools:$tag")")
touch "$tools/etc/hosts"
mount --bind "$tools" "$tools"
mount -t proc proc "$tools/proc"
mount --bind "$work/hosts" "$tools/etc/hosts"
mount -t tmpfs -o size=16m,mode=1777,noexec,nosuid,nodev tmpfs "$tools/tmp"
# What compose has as a volume, which takes its owner from the image.
mount -t tmpfs -o "uid=10001,gid=10001,mode=$(stat -c %a "$tools/backups"),size=64m" tmpfs "$tools/backups"
mount -o remount,bind,ro "$tools"
mapfile -t baked_tools < <(of_image tools '{{range .Docker.Config.Env}}{{println .}}{{end}}' | grep .)
mapfile -t entry_tools < <(of_image tools '{{range .Docker.Config.Entrypoint}}{{println .}}{{end}}' | grep .)
mapfile -d '' -t given_tools < <(environment_of tools)
tools() { env -i "${baked_tools[@]}" "${given_tools[@]}" chroot "$tools" setpriv --reuid=10001 --regid=10001 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all -- "${entry_tools[@]}" "$@"; }
tools backup /backups/tried
say "Stopping …"
began=$SECONDS
kill -TERM "${running[@]}"
for pid in "${running[@]}"; do
    rc=0
    wait "$pid" || rc=$?
    [ $rc = 0 ] || die "process $pid ended with $rc after SIGTERM: $(tail -qn 1 "$work"/*.log)"
done
running=()
stopped=$((SECONDS - began))
! tools restore /backups/tried >"$work/refused" 2>&1 || die "a restore takes away what is there without being told to"
grep -q -- --replace "$work/refused" || die "a restore was refused for another reason: $(cat "$work/refused")"
tools restore --replace /backups/tried
PGPASSWORD=$(of_env POSTGRES_PASSWORD) psql -h postgres -U tocsin_admin -d tocsin -Atc "SELECT count(*) FROM incident.paging_hold WHERE released_at IS NULL" | grep -qx 1 || die "the restored suite does not hold its paging"
say "try-images: ok, stopped in $stopped s, restored and held"
