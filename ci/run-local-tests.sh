#!/usr/bin/env bash
# What run-local.sh must not believe: folders and pid files that others planted, or that an older release left. Starts no daemon and no database.
set -euo pipefail
# shellcheck source=ci/environment.sh
. "$(dirname "$0")/environment.sh"
cd "$TOCSIN_ROOT"
# It names a step of the stage that this is one of.
unset TOCSIN_STEP

work=$(mktemp -d)
export TOCSIN_LOCAL=$work/local XDG_DATA_HOME=$work/data
pids=$TOCSIN_LOCAL/run
mkdir -p "$pids" "$work/usr/bin"
chmod 755 "$work"
former() { printf '/var/tmp/tocsin-%s' "$(printf '%s' "$1" | sha256sum | cut -c1-12)"; }
planted=$(former "$TOCSIN_LOCAL") slashed=$(former "$TOCSIN_LOCAL/")
sleepers=()
cleanup() {
    rm -rf "$work" "$planted" "$slashed"
    kill "${sleepers[@]}" 2>/dev/null || true
}
trap cleanup EXIT
asked() { ./run-local.sh "$1" >"$work/out" 2>&1; }
gone() { ! kill -0 "$1" 2>/dev/null; }

# Programs that leave a trace, named by the release of a cluster that seems to run.
for program in pg_ctl pg_isready; do
    printf '#!/bin/sh\necho >>%s/trace\n' "$work" >"$work/usr/bin/$program"
    chmod 755 "$work/usr/bin/$program"
done
: >"$work/trace" && chmod 666 "$work/trace"
plant() { # plant <folder>
    mkdir -p "$1/data"
    printf '../../..%s/usr\n' "$work" >"$1/data/PG_VERSION"
    printf '1\n%s\n1\n5433\n' "$1/data" >"$1/data/postmaster.pid"
}
as_made_by_postgresql() { [ "$(id -u)" != 0 ] || chown -R postgres "$1"; }
no_program_of_a_linked_folder() {
    plant "$work/theirs"
    ln -sT "$work/theirs" "$planted"
    asked --status || true
    rm "$planted"
    [ ! -s "$work/trace" ]
}
no_program_that_a_release_leads_to() {
    plant "$planted"
    as_made_by_postgresql "$planted"
    asked --status || true
    rm -r "$planted"
    [ ! -s "$work/trace" ]
}
# Releases before named it by what they were given. A PostgreSQL that nobody has is never started.
data_of_a_folder_given_with_a_slash() {
    plant "$slashed"
    echo 99 >"$slashed/data/PG_VERSION"
    as_made_by_postgresql "$slashed"
    mkdir -p "$TOCSIN_LOCAL/secrets"
    echo x >"$TOCSIN_LOCAL/secrets/postgres"
    TOCSIN_LOCAL=$TOCSIN_LOCAL/ asked --database && return 1
    rm -r "$slashed" "$TOCSIN_LOCAL/secrets"
    grep -q "the data in $slashed is of PostgreSQL 99" "$work/out"
}
# A name of our own for a program that sleeps: the supervisors of older releases show as the script.
old_pid_file_is_believed() {
    printf '#!/bin/bash\nwhile :; do read -r -t 60 <> <(:); done\n' >"$work/run-local.sh"
    bash "$work/run-local.sh" &
    sleepers+=($!)
    echo $! >"$pids/web-ui.pid"
    asked --stop && grep -q 'Stopped: web-ui' "$work/out" && gone "${sleepers[-1]}" && [ ! -e "$pids/web-ui.pid" ]
}
old_pid_file_of_another_program_is_not() {
    sleep 60 &
    sleepers+=($!)
    echo $! >"$pids/web-ui.pid"
    asked --stop && ! gone "${sleepers[-1]}" && [ ! -e "$pids/web-ui.pid" ]
}
# No process has this number; what is known of it then is no moment at all.
process_that_is_gone_is_stopped() {
    echo "4999999 $(cat /proc/sys/kernel/random/boot_id)/" >"$pids/web-ui.pid"
    asked --status && return 1
    rm "$pids/web-ui.pid"
    grep -q '^web-ui  stopped' "$work/out"
}
# Its only note goes with .local.
database_elsewhere_outlives_a_reset() {
    mkdir -p "$work/elsewhere/data"
    echo "$work/elsewhere" >"$TOCSIN_LOCAL/data-dir"
    asked --reset && return 1
    grep -q "lies in $work/elsewhere" "$work/out" && [ -d "$work/elsewhere/data" ] && [ -e "$TOCSIN_LOCAL/data-dir" ]
}
values_are_read_back() {
    local PLAIN='a+b@example.org' ODD="it's \$HOME \"x\" \\ ; é" said
    said=$(env_lines "PLAIN=$PLAIN" "ODD=$ODD")
    [ "${said%%$'\n'*}" = "PLAIN=$PLAIN" ] && [ "$(sh -c "$said"'; printf "%s|%s" "$PLAIN" "$ODD"')" = "$PLAIN|$ODD" ] \
        && [ "$(PLAIN=$PLAIN ODD=$ODD json_object PLAIN ODD | json_field ODD)" = "$ODD" ]
}

step "a linked folder is not ours" no_program_of_a_linked_folder
step "a release is digits" no_program_that_a_release_leads_to
step "a slash names the same folder" data_of_a_folder_given_with_a_slash
step "an old pid file is believed" old_pid_file_is_believed
step "that of another program not" old_pid_file_of_another_program_is_not
step "gone is stopped" process_that_is_gone_is_stopped
step "a reset leaves a database elsewhere" database_elsewhere_outlives_a_reset
step "values are read back" values_are_read_back
finish run-local
