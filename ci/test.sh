#!/usr/bin/env bash
# Builds everything and runs the tests on real parts: PostgreSQL, SMTP, Prometheus, Alertmanager, real processes.
# Arguments go to the test runner: ci/test.sh --filter OnCall
set -euo pipefail
# shellcheck source=ci/environment.sh
. "$(dirname "$0")/environment.sh"
TOCSIN_CONFIGURATION=debug

install_missing test
started=$SECONDS
say "Building (the first time takes about ten minutes) …"
build --build-tests
say "Built in $((SECONDS - started)) s. Testing …"
started=$SECONDS
# Each suite that starts processes of its own finds the daemons here.
TOCSIN_BINARIES=$TOCSIN_BUILD_PATH/$TOCSIN_CONFIGURATION
export TOCSIN_BINARIES
run() { swift test --package-path "$TOCSIN_ROOT" --scratch-path "$TOCSIN_BUILD_PATH" --skip-build --disable-xctest "$@"; }

if [ $# -gt 0 ]; then
    run "$@"
    exit
fi
# What starts whole suites has the machine to itself; deadlines of the others would not hold beside it. The kill tests take minutes and are asked
# for by name: ci/test.sh --filter ChaosTests
heavy='SystemTests|InteropTests|OnCallTests'
run --filter "$heavy"
run --skip "$heavy|ChaosTests"
