#!/usr/bin/env bash
# What every script of the project agrees on: where the build lies, which packages it needs, how it says things. Sourced, never run.

TOCSIN_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# One build folder for every clone that names the same one: a second clone then builds in minutes.
TOCSIN_BUILD_PATH=${TOCSIN_BUILD_PATH:-$TOCSIN_ROOT/.build}
# One set of flags everywhere: another flag rebuilds the world. "release" is for figures and for production.
TOCSIN_CONFIGURATION=${TOCSIN_CONFIGURATION:-debug}
# Tools of the tests that come from PyPI.
TOCSIN_TOOLS_PATH=${TOCSIN_TOOLS_PATH:-${HOME:-/root}/.cache/tocsin/tools}
export TOCSIN_ROOT TOCSIN_BUILD_PATH TOCSIN_CONFIGURATION TOCSIN_TOOLS_PATH

say() { printf '%s\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# Colours only for a person: not into files, not with NO_COLOR.
# shellcheck disable=SC2034
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' yellow=$'\e[33m' plain=$'\e[0m'
else
    bold='' red='' green='' yellow='' plain=''
fi

# A check that cannot be made here is said so, with its reason, and is listed in the pipeline's summary; it never counts as passed.
skipped() { # skipped <what> <why>
    printf '%sskipped%s %s: %s\n' "$yellow" "$plain" "$1" "$2"
    [ -z "${TOCSIN_SKIPPED:-}" ] || printf '%s: %s\n' "$1" "$2" >>"$TOCSIN_SKIPPED"
}
# What a stage exits with when none of it could run, as automake's tests do.
SKIPPED_STAGE=77
skip_stage() { skipped "$1" "$2"; exit $SKIPPED_STAGE; }

# Steps of a stage: each is run even when one before it failed, so that one run tells everything; `finish` ends the stage.
failures=()
step() { # step <name> <command…>; TOCSIN_STEP names the only one to run
    local name=$1 began=$SECONDS
    shift
    [ -z "${TOCSIN_STEP:-}" ] || [ "$TOCSIN_STEP" = "$name" ] || return 0
    local rc=0
    "$@" || rc=$?
    case $rc in
        0) printf '%sok%s      %s  (%d s)\n' "$green" "$plain" "$name" "$((SECONDS - began))" ;;
        # It has said why.
        "$SKIPPED_STAGE") ;;
        *)
            printf '%sfailed%s  %s  (%d s)\n' "$red" "$plain" "$name" "$((SECONDS - began))"
            failures+=("$name")
            ;;
    esac
}
finish() { # finish <stage>
    if [ ${#failures[@]} -gt 0 ]; then
        printf '%s: failed: %s\n' "$1" "$(IFS=','; echo "${failures[*]}")"
        exit 1
    fi
    say "$1: ok"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# The Debian packages that building and running need; `test` adds those only tests use.
missing_packages() { # missing_packages run|test
    local missing=()
    compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || missing+=(postgresql)
    command -v psql >/dev/null || missing+=(postgresql-client)
    [ -e /usr/include/postgresql/libpq-fe.h ] || missing+=(libpq-dev)
    [ -e /usr/include/curl/curl.h ] || [ -e "/usr/include/$(uname -m)-linux-gnu/curl/curl.h" ] || missing+=(libcurl4-openssl-dev)
    [ -e /usr/include/hiredis/hiredis.h ] || missing+=(libhiredis-dev)
    [ -e /usr/include/libical/ical.h ] || missing+=(libical-dev)
    [ -e /usr/include/crypt.h ] || missing+=(libcrypt-dev)
    command -v pkg-config >/dev/null || missing+=(pkg-config)
    command -v curl >/dev/null || missing+=(curl)
    command -v openssl >/dev/null || missing+=(openssl)
    # It reads and writes the daemons' JSON.
    command -v python3 >/dev/null || missing+=(python3)
    [ -e /usr/share/zoneinfo/UTC ] || missing+=(tzdata)
    if [ "${1:-}" = test ]; then
        command -v prometheus >/dev/null || missing+=(prometheus)
        command -v prometheus-alertmanager >/dev/null || missing+=(prometheus-alertmanager)
        command -v redis-server >/dev/null || missing+=(redis-server)
        [ -x /usr/sbin/haproxy ] || missing+=(haproxy)
        python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
        command -v shellcheck >/dev/null || missing+=(shellcheck)
    fi
    printf '%s\n' "${missing[@]}"
}

install_missing() { # install_missing run|test
    local missing
    mapfile -t missing < <(missing_packages "${1:-}" | grep . || true)
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || die "these Debian packages are missing and there is no apt-get here: ${missing[*]}"
    [ "$(id -u)" = 0 ] || command -v sudo >/dev/null || die "these Debian packages are missing, and only root or sudo can install them: ${missing[*]}"
    say "Installing with apt-get: ${missing[*]}"
    # The servers come without their own clusters and daemons: the project starts private ones.
    as_root mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] || printf 'create_main_cluster = false\n' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
    as_root apt-get update -qq || die "apt-get update failed; these Debian packages are missing: ${missing[*]}"
    as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null \
        || die "apt-get could not install ${missing[*]}"
}

# Checkers that come from PyPI, in a Python of their own; versions are pinned in ci/checkers.txt. Prints nothing; fails when they are not to be had.
checkers() {
    local folder=$TOCSIN_TOOLS_PATH/checkers wanted
    wanted=$(sha256sum "$TOCSIN_ROOT/ci/checkers.txt" | cut -c1-64)
    export CHECKERS=$folder/bin
    [ "$(cat "$folder/made-from" 2>/dev/null)" = "$wanted" ] && return 0
    command -v python3 >/dev/null && mkdir -p "$TOCSIN_TOOLS_PATH" || return 1
    (
        # Two pipelines on one machine must not fill one folder at once.
        flock 9
        [ "$(cat "$folder/made-from" 2>/dev/null)" = "$wanted" ] && exit 0
        rm -rf "$folder"
        # A registry that does not answer costs minutes, not the hour that CI has.
        python3 -m venv "$folder" \
            && timeout 300 "$folder/bin/pip" install -q --disable-pip-version-check --timeout 30 --retries 2 -r "$TOCSIN_ROOT/ci/checkers.txt" \
            && echo "$wanted" >"$folder/made-from"
    ) 9>"$TOCSIN_TOOLS_PATH/checkers.lock"
}

# ── Asking a daemon ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
json_field() { python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
# An object of the variables of these names, which must be in the environment: name=… password=… json_object name password
json_object() { python3 -c 'import json, os, sys; print(json.dumps({name: os.environ[name] for name in sys.argv[1:]}))' "$@"; }
post_json() { # post_json <url> <bearer or empty> <json>: credentials by files, since arguments show in ps
    curl -fsS -m 15 -X POST "$1" -H 'content-type: application/json' -K <(printf 'header = "authorization: Bearer %s"\n' "$2") -d @- <<<"$3"
}
# Lines that set these variables, as every shell reads them back; what needs no quotes has none.
env_lines() { # env_lines <NAME=value…>
    local line value quote="'" escaped="'\\''"
    for line; do
        value=${line#*=}
        [[ $value =~ ^[A-Za-z0-9_@%+=:,./-]+$ ]] || value=$quote${value//$quote/$escaped}$quote
        printf '%s=%s\n' "${line%%=*}" "$value"
    done
}

# Whether a Docker engine answers, not only whether the client is there.
engine_answers() { command -v docker >/dev/null && timeout 10 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }
compose_answers() { engine_answers && docker compose version >/dev/null 2>&1; }
revision() { git -C "$TOCSIN_ROOT" rev-parse --short=12 HEAD 2>/dev/null || echo unknown; }

# The one set of flags: another flag rebuilds the world.
build_flags() {
    printf '%s\n' --package-path "$TOCSIN_ROOT" --scratch-path "$TOCSIN_BUILD_PATH" -c "$TOCSIN_CONFIGURATION"
    [ "$TOCSIN_CONFIGURATION" = debug ] || printf '%s\n' --static-swift-stdlib
}
require_swift() { command -v swift >/dev/null || die "no Swift toolchain on PATH: install Swift 6.2 or later from swift.org"; }

# The one way the package is built. Arguments go to `swift build`.
# shellcheck disable=SC2120
build() {
    require_swift
    local flags
    mapfile -t flags < <(build_flags)
    swift build "${flags[@]}" "$@"
}

PROGRAMS=(alert-ingestion incident-management oncall-service notification-service web-ui tocsin)

# Everything that decides how the programs come out: flags, toolchain, what tells compilers where to look, libraries, and each file and folder of
# the sources with its times. A file that came, went or was touched makes another text; so does a clone at another path.
build_inputs() {
    build_flags
    swift --version 2>&1
    stat -Lc '%n %s %y' "$(command -v swift)"
    env | grep -E '^(SWIFT|CC|CXX|CFLAGS|CPATH|C_INCLUDE_PATH|LIBRARY_PATH|PKG_CONFIG|SDKROOT|TOOLCHAINS)[A-Z_]*=' | grep -v '^SWIFT_BACKTRACE=' | LC_ALL=C sort
    dpkg-query -W libpq-dev libcurl4-openssl-dev libhiredis-dev libical-dev libcrypt-dev 2>/dev/null
    (cd "$TOCSIN_ROOT" && find Package.swift Services Shared Plugins -printf '%p %y %i %s %T@ %C@\n' | LC_ALL=C sort)
}
# What a build left: the programs, and which versions of the dependencies they are made of. Fails while a program is missing.
build_results() {
    (cd "$TOCSIN_BUILD_PATH/$TOCSIN_CONFIGURATION" && stat -Lc '%n %i %s %y %z' "${PROGRAMS[@]}") 2>/dev/null || return 1
    sha256sum "$TOCSIN_ROOT/Package.resolved" "$TOCSIN_BUILD_PATH/workspace-state.json" 2>&1 || true
}
build_record() { printf '%s\n' "$TOCSIN_BUILD_PATH/programs-$TOCSIN_CONFIGURATION.sha256"; }
# Whether the programs are known to be those of these sources. In doubt they are not: a build for nothing costs seconds, a stale program a night.
programs_fresh() {
    local results
    command -v swift >/dev/null && [ -s "$(build_record)" ] && results=$(build_results) || return 1
    [ "$(cat "$(build_record)")" = "$(printf '%s\n%s\n' "$(build_inputs)" "$results" | sha256sum)" ]
}

# The programs only: a release build has no place for the tests' support library. Nothing is run when nothing changed since.
build_programs() {
    require_swift
    if programs_fresh; then return 0; fi
    local inputs results
    inputs=$(build_inputs) || true
    rm -f "$(build_record)"
    build --target Programs || return 1
    results=$(build_results) || { say "swift build made no programs in $TOCSIN_BUILD_PATH/$TOCSIN_CONFIGURATION" >&2 && return 1; }
    # What changed while the compiler read it may be in or not.
    [ "$inputs" = "$(build_inputs)" ] || return 0
    printf '%s\n%s\n' "$inputs" "$results" | sha256sum >"$(build_record)"
}

# Runs a command whose output goes into a file, and says meanwhile how far it is: a line that moves on a terminal, one a minute elsewhere.
watched() { # watched <what> <log> <command…>
    local what=$1 log=$2 watcher rc=0
    shift 2
    : >"$log"
    watch_log "$what" "$log" &
    watcher=$!
    ("$@") >"$log" 2>&1 || rc=$?
    kill "$watcher" 2>/dev/null || true
    wait "$watcher" 2>/dev/null || true
    [ ! -t 1 ] || printf '\r\e[K'
    return $rc
}
watch_log() {
    local began=$SECONDS told=0 line width
    width=$(tput cols 2>/dev/null || echo 80)
    # An interrupted script leaves nobody to watch for.
    while sleep 1 && kill -0 $$ 2>/dev/null; do
        line=$(tail -n 1 "$2" 2>/dev/null || true)
        if [ -t 1 ]; then
            line=$(printf '%s %d:%02d  %s' "$1" $(((SECONDS - began) / 60)) $(((SECONDS - began) % 60)) "$line")
            printf '\r\e[K%s' "${line:0:$((width - 1))}"
        elif [ $((SECONDS - began)) -ge $((told + 60)) ]; then
            told=$((told + 60))
            say "$1 $((told / 60)) min  $line"
        fi
    done
}
# Why a step failed that wrote into a file: its errors, else its end.
show_failure() { # show_failure <log>
    { grep -E '(^|[ :])(error|fatal):|FATAL' "$1" | head -n 20 | grep . || tail -n 30 "$1"; } >&2 2>/dev/null || true
}

# Where the programs lie: what was built here, or the folder that TOCSIN_BINARIES names.
binaries() { printf '%s\n' "${TOCSIN_BINARIES:-$TOCSIN_BUILD_PATH/$TOCSIN_CONFIGURATION}"; }

# A Python environment with the packages that a requirements file pins, made again when the file changes. Prints its folder.
python_environment() { # python_environment <name> <requirements>
    local folder
    folder=$TOCSIN_TOOLS_PATH/$1-$(sha256sum "$2" | cut -c1-12)
    if [ ! -e "$folder/ready" ]; then
        rm -rf "$folder"
        python3 -m venv "$folder" && "$folder/bin/pip" install -q --disable-pip-version-check -r "$2" >&2 && touch "$folder/ready" || return 1
    fi
    printf '%s\n' "$folder"
}

# Swagger UI and ReDoc for the daemons' /docs and /redoc, with their licences, from the wheel that is pinned by version and hash. Prints the
# folder for API_DOCS_PATH.
install_api_docs() {
    local pins=$TOCSIN_ROOT/ci/api/docs-requirements.txt folder work
    local pip=(python3 -m pip)
    folder=$TOCSIN_TOOLS_PATH/api-docs-$(sha256sum "$pins" | cut -c1-12)
    if [ ! -d "$folder" ]; then
        mkdir -p "$TOCSIN_TOOLS_PATH"
        work=$(mktemp -d "$TOCSIN_TOOLS_PATH/api-docs.XXXXXX") || return 1
        if ! "${pip[@]}" --version >/dev/null 2>&1; then
            python3 -m venv "$work/venv" >&2 || { rm -rf "$work"; return 1; }
            pip=("$work/venv/bin/pip")
        fi
        if "${pip[@]}" download -q --disable-pip-version-check --no-deps --only-binary :all: --require-hashes -r "$pins" -d "$work" >&2 \
            && python3 "$TOCSIN_ROOT/ci/api/unpack_docs.py" "$work"/*.whl "$work/files"; then
            # Two set-ups at the same time make the same folder; the second is not needed.
            mv -T "$work/files" "$folder" 2>/dev/null || true
        fi
        rm -rf "$work"
    fi
    [ -d "$folder" ] && printf '%s\n' "$folder"
}
