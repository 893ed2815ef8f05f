#!/usr/bin/env bash
# What run-local.sh must not believe or lose: folders and pid files that others planted, or that an older release or another clone left; settings.
# Starts no daemon and no database.
# What the functions of the script are given is expanded there, not here.
# shellcheck disable=SC2016
set -euo pipefail
# shellcheck source=ci/environment.sh
. "$(dirname "$0")/environment.sh"
cd "$TOCSIN_ROOT"
# It names a step of the stage that this is one of.
unset TOCSIN_STEP

work=$(mktemp -d)
export TOCSIN_LOCAL=$work/local XDG_DATA_HOME=$work/data
pids=$TOCSIN_LOCAL/run
mkdir -p "$pids" "$work/usr/bin" "$work/tree" "$work/programs"
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
as_made_by_postgresql() { [ "$(id -u)" != 0 ] || chown -hR postgres "$@"; }
# A PostgreSQL that nobody has is never started, but its data are believed when it is named. Root's own link would not be the database user's.
linked_folders_are_not_ours() {
    mkdir -p "$TOCSIN_LOCAL/secrets"
    echo x >"$TOCSIN_LOCAL/secrets/postgres"
    plant "$work/theirs"
    echo 99 >"$work/theirs/data/PG_VERSION"
    ln -sT "$work/theirs" "$planted"
    as_made_by_postgresql "$work/theirs" "$planted"
    asked --database && return 1
    rm "$planted"
    ! grep -q "of PostgreSQL 99" "$work/out" || return 1
    mkdir "$planted"
    ln -sT "$work/theirs/data" "$planted/data"
    as_made_by_postgresql "$planted" "$planted/data"
    asked --database && return 1
    rm -r "$planted" "$TOCSIN_LOCAL/secrets"
    ! grep -q "of PostgreSQL 99" "$work/out"
}
no_program_that_a_release_leads_to() {
    plant "$planted"
    as_made_by_postgresql "$planted"
    asked --status || true
    rm -r "$planted"
    [ ! -s "$work/trace" ]
}
# Releases before named it by what they were given.
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
# What seems to be a PostgreSQL that runs: it asks for a password, and ends as on pg_ctl's stop.
pretend_postgresql() { # pretend_postgresql <folder>
    mkdir -p "$1/data"
    echo unknown >"$1/data/PG_VERSION"
    as_made_by_postgresql "$1"
    python3 - "$1" <<'END' &
import os, pwd, signal, socket, sys

if os.getuid() == 0:
    os.setuid(pwd.getpwnam("postgres").pw_uid)

folder = sys.argv[1]
note = folder + "/data/postmaster.pid"
def end(*_):
    os.remove(note)
    os._exit(0)
signal.signal(signal.SIGINT, end)
listener = socket.socket(socket.AF_UNIX)
listener.bind(folder + "/.s.PGSQL.5433")
listener.listen()
with open(note + ".new", "w") as file:
    file.write(f"{os.getpid()}\n{folder}/data\n1\n5433\n{folder}\n\n\nready   \n")
os.rename(note + ".new", note)
while True:
    client, _ = listener.accept()
    client.recv(1000)
    client.sendall(b"R\0\0\0\x08\0\0\0\x03")
    client.close()
END
    sleepers+=($!)
    for _ in $(seq 1 100); do [ ! -e "$1/data/postmaster.pid" ] || return 0; sleep 0.05; done
    return 1
}
# As by `cp -a`, which copies the notes of what runs too.
copy_stops_nothing_of_the_original() {
    local postgresql
    pretend_postgresql "$work/running" || return 1
    postgresql=${sleepers[-1]}
    sleep 60 &
    sleepers+=($!)
    echo "$! $(cat /proc/sys/kernel/random/boot_id)/$(sed 's/.*) //' "/proc/$!/stat" | cut -d' ' -f20)" >"$pids/web-ui.pid"
    mkdir -p "$work/original"
    echo "$work/running" | tee "$work/original/data-dir" >"$TOCSIN_LOCAL/data-dir"
    echo "$work/original" >"$work/running/owner"
    asked --stop && grep -q 'Nothing was running' "$work/out" && ! gone "$postgresql" && ! gone "${sleepers[-1]}" || return 1
    # A copy is deleted alone.
    cp -a "$TOCSIN_LOCAL" "$work/kept"
    asked --reset && ! gone "$postgresql" && ! gone "${sleepers[-1]}" && [ ! -e "$TOCSIN_LOCAL" ] && [ -d "$work/running/data" ] || return 1
    mv "$work/kept" "$TOCSIN_LOCAL"
}
# After the fact before: the folder that it was started from is not there any more.
moved_clone_stops_its_own() {
    local postgresql=${sleepers[-2]}
    rm -r "$work/original"
    ! gone "$postgresql" || return 1
    asked --reset && return 1
    ! gone "$postgresql" || return 1
    asked --stop && grep -q 'Stopped: web-ui postgresql' "$work/out" && gone "$postgresql"
}

# The functions of run-local.sh, in an installation of their own; set -e counts in what they are given.
ln -sT "$TOCSIN_ROOT/ci" "$work/tree/ci"
cp .env.example "$work/tree"
{ sed '/^action=foreground/,$d' run-local.sh && echo 'eval "$1"'; } >"$work/tree/functions.sh"
script=(env -i "PATH=$work/programs:$PATH" "HOME=$work" "TOCSIN_LOCAL=$work/own" "TOCSIN_BINARIES=$work/programs" "XDG_DATA_HOME=$XDG_DATA_HOME" bash "$work/tree/functions.sh")
mkdir -p "$work/own/run" "$work/own/log" "$work/own/secrets"
secret_given_empty_is_not_lost() {
    echo 'SECRETS_KEY=kept' >"$work/own/settings.env"
    "${script[@]}" 'export SECRETS_KEY= PASSWORD_PEPPER= WEB_PORT=9; load_settings; own_secret SECRETS_KEY secrets-key; [ "$SECRETS_KEY" = kept ]; remember_settings' >"$work/out" 2>&1 \
        && [ "$(sort "$work/own/settings.env")" = $'SECRETS_KEY=kept\nWEB_PORT=9' ]
}
default_is_not_remembered() {
    echo 'PUBLIC_URL=http://former' >"$work/own/settings.env"
    "${script[@]}" 'export PUBLIC_URL= WEB_PORT=9; load_settings; PUBLIC_URL=${PUBLIC_URL:-http://default}; remember_settings' >"$work/out" 2>&1 \
        && [ "$(cat "$work/own/settings.env")" = WEB_PORT=9 ]
}
address_is_read_as_it_was_written() {
    local address
    for address in "o'brien@example.org" "x\$(touch $work/run-by-eval)@example.org" "'\$(touch $work/run-by-eval)'; touch $work/run-by-eval"; do
        printf 'ADMIN_EMAIL=%s\n' "$address" >"$work/own/tocsin.env"
        [ "$("${script[@]}" 'load_settings; printf %s "$ADMIN_EMAIL"' 2>&1)" = "$address" ] || return 1
        env_lines "ADMIN_EMAIL=$address" >"$work/own/tocsin.env"
        [ "$("${script[@]}" 'load_settings; printf %s "$ADMIN_EMAIL"' 2>&1)" = "$address" ] || return 1
    done
    rm "$work/own/tocsin.env"
    [ ! -e "$work/run-by-eval" ]
}
# With the file of the credentials deleted, as for a new token.
moved_clone_gets_no_new_database() {
    mkdir -p "$work/elsewhere/data"
    echo "$work/elsewhere" >"$work/own/data-dir"
    "${script[@]}" 'install() { exit 9; }; start_database' >"$work/out" 2>&1 && return 1
    rm "$work/own/data-dir"
    grep -q "but in $work/elsewhere. Move it there" "$work/out"
}
# Its waits are of half a minute when a daemon has ended often.
supervisor_ends_while_it_waits() {
    printf '#!/bin/sh\nexit 1\n' >"$work/programs/web-ui"
    printf '#!/bin/sh\necho $$ >%s/waits\nexec /bin/sleep 30\n' "$work" >"$work/programs/sleep"
    chmod 755 "$work/programs/"*
    "${script[@]}" 'supervise web-ui' 2>"$work/out" &
    local supervisor=$!
    sleepers+=("$supervisor")
    for _ in $(seq 1 100); do [ ! -s "$work/waits" ] || break; sleep 0.05; done
    kill -TERM "$supervisor"
    for _ in $(seq 1 40); do ! gone "$supervisor" || break; sleep 0.05; done
    sleepers+=("$(cat "$work/waits")")
    gone "$supervisor" && gone "$(cat "$work/waits")"
}
values_are_read_back() {
    local PLAIN='a+b@example.org' ODD="it's \$HOME \"x\" \\ ; é" said
    said=$(env_lines "PLAIN=$PLAIN" "ODD=$ODD")
    [ "${said%%$'\n'*}" = "PLAIN=$PLAIN" ] && [ "$(sh -c "$said"'; printf "%s|%s" "$PLAIN" "$ODD"')" = "$PLAIN|$ODD" ] \
        && [ "$(PLAIN=$PLAIN ODD=$ODD json_object PLAIN ODD | json_field ODD)" = "$ODD" ]
}

step "a linked folder is not ours" linked_folders_are_not_ours
step "a release is digits" no_program_that_a_release_leads_to
step "a slash names the same folder" data_of_a_folder_given_with_a_slash
step "an old pid file is believed" old_pid_file_is_believed
step "that of another program not" old_pid_file_of_another_program_is_not
step "gone is stopped" process_that_is_gone_is_stopped
step "a reset leaves a database elsewhere" database_elsewhere_outlives_a_reset
step "a copy stops nothing of the original" copy_stops_nothing_of_the_original
step "a moved clone stops its own" moved_clone_stops_its_own
step "a moved clone gets no new database" moved_clone_gets_no_new_database
step "an empty secret loses none" secret_given_empty_is_not_lost
step "a default is not remembered" default_is_not_remembered
step "an address is no command" address_is_read_as_it_was_written
step "a supervisor ends while it waits" supervisor_ends_while_it_waits
step "values are read back" values_are_read_back
finish run-local
