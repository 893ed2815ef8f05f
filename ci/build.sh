#!/usr/bin/env bash
# Builds what production runs: the release programs, and images of them tagged with the revision where something here can build images.
#   ci/build.sh [--no-images]
# TOCSIN_BINARIES names a folder of release programs built before, and nothing is compiled.
set -euo pipefail
export TOCSIN_CONFIGURATION=release
# shellcheck source=ci/environment.sh
. "$(dirname "$0")/environment.sh"
cd "$TOCSIN_ROOT"

images=1
case ${1:-} in
    --no-images) images=0 ;;
    '') ;;
    *) die "unknown option $1" ;;
esac

install_missing run
programs() {
    if [ -n "${TOCSIN_BINARIES:-}" ]; then
        say "  taken from $TOCSIN_BINARIES, nothing is compiled"
    else
        say "  compiling (the first time takes about a quarter of an hour) …"
        build_programs
    fi
}
# A program that starts says what it lacks; one that does not start was not built.
starts() {
    local folder name rc
    folder=$(binaries)
    for name in alert-ingestion incident-management oncall-service notification-service web-ui; do
        rc=0
        (cd / && env -i PATH="$PATH" "$folder/$name" >/dev/null 2>&1) || rc=$?
        [ $rc = 78 ] || { say "  $name without a configuration ends with $rc instead of 78" && return 1; }
    done
    "$folder/tocsin" --help >/dev/null || { say "  tocsin does not start" && return 1; }
    du -shcL "$folder"/{alert-ingestion,incident-management,oncall-service,notification-service,web-ui,tocsin} | awk 'END {print "  six programs, " $1}'
}
# Static but for what Debian gives: a new library needs a look at its licence, and must be in the image.
libraries() { python3 ci/dependencies.py libraries "$TOCSIN_ROOT" "$(binaries)" "${TOCSIN_RESULTS_PATH:-$TOCSIN_ROOT/.build/results}"; }
images() {
    # The programs that were just built, where the image is of the same Debian as this machine; an engine's build is its own otherwise.
    local arguments=()
    engine_answers || arguments=(--prebuilt "$(binaries)")
    ci/images.sh "${arguments[@]}"
}

step programs programs
[ ${#failures[@]} -gt 0 ] || step "programs start" starts
[ ${#failures[@]} -gt 0 ] || step "system libraries" libraries
if [ ${#failures[@]} -gt 0 ]; then
    finish build
elif [ $images = 0 ]; then
    skipped images "asked for by --no-images"
else
    step images images
fi
finish build
