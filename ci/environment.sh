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
    [ -e /usr/include/crypt.h ] || missing+=(libcrypt-dev)
    command -v pkg-config >/dev/null || missing+=(pkg-config)
    command -v curl >/dev/null || missing+=(curl)
    command -v openssl >/dev/null || missing+=(openssl)
    [ -e /usr/share/zoneinfo/UTC ] || missing+=(tzdata)
    if [ "${1:-}" = test ]; then
        command -v prometheus >/dev/null || missing+=(prometheus)
        command -v prometheus-alertmanager >/dev/null || missing+=(prometheus-alertmanager)
        command -v python3 >/dev/null || missing+=(python3 python3-venv)
        command -v shellcheck >/dev/null || missing+=(shellcheck)
    fi
    printf '%s\n' "${missing[@]}"
}

install_missing() { # install_missing run|test
    local missing
    mapfile -t missing < <(missing_packages "${1:-}" | grep .)
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || die "these Debian packages are missing and there is no apt-get here: ${missing[*]}"
    say "Installing with apt-get: ${missing[*]}"
    # The servers come without their own clusters and daemons: the project starts private ones.
    as_root mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] || printf 'create_main_cluster = false\n' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# The one way the package is built. Arguments go to `swift build`.
# shellcheck disable=SC2120
build() {
    command -v swift >/dev/null || die "no Swift toolchain on PATH: install Swift 6.2 or later from swift.org"
    local flags=(--package-path "$TOCSIN_ROOT" --scratch-path "$TOCSIN_BUILD_PATH" -c "$TOCSIN_CONFIGURATION")
    [ "$TOCSIN_CONFIGURATION" = debug ] || flags+=(--static-swift-stdlib)
    swift build "${flags[@]}" "$@"
}

# The programs only: a release build has no place for the tests' support library.
build_programs() {
    local program
    for program in alert-ingestion incident-management oncall-service notification-service web-ui tocsin; do build --product "$program"; done
}

# Where the programs lie: what was built here, or the folder that TOCSIN_BINARIES names.
binaries() { printf '%s\n' "${TOCSIN_BINARIES:-$TOCSIN_BUILD_PATH/$TOCSIN_CONFIGURATION}"; }
