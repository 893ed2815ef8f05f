#!/usr/bin/env bash
# Builds everything and runs the tests on real parts: PostgreSQL, SMTP, Prometheus, Alertmanager, real processes.
#
#   ci/test.sh                   everything; the runner's own closing lines come last
#   ci/test.sh --filter OnCall   arguments go to the test runner
#   ci/test.sh --quick           the fast set: rules and parts that need no server, in half a minute once built
#   ci/test.sh --coverage        everything, measured: lines of Services/ and Shared/ that ran, at least TOCSIN_COVERAGE_MINIMUM (80) percent.
#                                A second build in TOCSIN_COVERAGE_PATH (the build folder's name with -coverage): other flags rebuild the world.
#
# TOCSIN_TEST_REDIS=true tells every story of SystemTests with a real Redis; without it only those that are about it have one.
#
# --quick and --coverage leave results with timings in .build/results/ (TOCSIN_RESULTS_PATH names another folder): tests.json, coverage.json.
set -euo pipefail
# shellcheck source=ci/environment.sh
. "$(dirname "$0")/environment.sh"
TOCSIN_CONFIGURATION=debug

mode=plain
case ${1:-} in
    --quick) mode=quick && shift ;;
    --coverage) mode=coverage && shift ;;
    -h | --help) sed -n '2,13s/^# \{0,1\}//p' "$0" && exit 0 ;;
esac
[ "$mode" = plain ] || [ $# -eq 0 ] || die "--$mode takes no further arguments"

flags=()
if [ "$mode" = coverage ]; then
    TOCSIN_BUILD_PATH=${TOCSIN_COVERAGE_PATH:-$TOCSIN_BUILD_PATH-coverage}
    flags=(--enable-code-coverage)
    mkdir -p "$TOCSIN_BUILD_PATH"
fi

install_missing test
started=$SECONDS
say "Building (the first time takes about ten minutes) …"
build --build-tests "${flags[@]}"
say "Built in $((SECONDS - started)) s. Testing …"
# Each suite that starts processes of its own finds the daemons here.
TOCSIN_BINARIES=$TOCSIN_BUILD_PATH/$TOCSIN_CONFIGURATION
export TOCSIN_BINARIES
# Of a failed run the failures come again at its end, before the runner's closing line: a log of which only the end is kept names them too.
run() {
    local log status=0
    log=$(mktemp)
    swift test --package-path "$TOCSIN_ROOT" --scratch-path "$TOCSIN_BUILD_PATH" --skip-build --disable-xctest "${flags[@]}" "$@" 2>&1 | tee "$log" || status=$?
    if [ "$status" -ne 0 ]; then
        say "What failed:"
        grep -aE 'recorded an issue|Fatal error|signal code' "$log" | cut -c1-2000 | head -100 || true
        grep -aE 'Test run with' "$log" | tail -1 || true
    fi
    rm -f "$log"
    return "$status"
}

if [ $# -gt 0 ]; then
    run "$@"
    exit
fi
# What starts the real programs with the deadlines of production has the machine to itself, one test at a time; whole suites come next.
alone='ChaosTests|InteropTests'
heavy='SystemTests|OnCallTests'
if [ "$mode" = plain ]; then
    run --no-parallel --filter "$alone"
    run --filter "$heavy"
    run --skip "$heavy|$alone"
    exit
fi

# ── Measured runs ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
results=${TOCSIN_RESULTS_PATH:-$TOCSIN_ROOT/.build/results}
mkdir -p "$results"
rm -rf "$results"/{pass-*.xml,tests.json,coverage.json,llvm.json,all.profdata,profile-*}
# A failed run is told in tests.json too, so the end waits for it.
passed=0 passes=0
pass() {
    passes=$((passes + 1))
    run --xunit-output "$results/pass-$passes.xml" "$@" || passed=1
    # The next run of the runner deletes what this one counted.
    if [ "$mode" = coverage ]; then
        mkdir -p "$results/profile-$passes"
        cp "$TOCSIN_BUILD_PATH/$TOCSIN_CONFIGURATION"/codecov/*.profraw "$results/profile-$passes/"
    fi
}
if [ "$mode" = quick ]; then
    # Modules that use no server, and everywhere the suites of a Domain folder, which is pure.
    rules=$(cd "$TOCSIN_ROOT" && find Tests -path '*/Domain/*Tests.swift' -printf '%f\n' | sed 's/\.swift$//' | sort -u | paste -sd'|')
    pass --filter "^(ContractsTests|AuthTests|PrometheusMetricsTests|ServiceKitTests|ServiceClientsTests|WebUITests)\.|\.($rules)/"
else
    pass --no-parallel --filter "$alone"
    pass --filter "$heavy"
    pass --skip "$heavy|$alone"
fi
python3 "$TOCSIN_ROOT/ci/results.py" "$results" || passed=1
[ "$mode" = coverage ] || exit $passed

llvm() { # llvm <tool> …: the toolchain's own, since the format of profiles changes with its version
    local tool=$1 folder
    shift
    folder=$(dirname "$(readlink -f "$(command -v swift)")")
    if [ -x "$folder/llvm-$tool" ]; then "$folder/llvm-$tool" "$@"; else "llvm-$tool" "$@"; fi
}
llvm profdata merge -sparse "$results"/profile-*/*.profraw -o "$results/all.profdata"
# The programs count too: what only a program has would otherwise not be missed.
objects=()
for program in alert-ingestion incident-management oncall-service notification-service web-ui tocsin; do objects+=(-object "$TOCSIN_BINARIES/$program"); done
llvm cov export -summary-only -instr-profile "$results/all.profdata" "$TOCSIN_BINARIES/tocsinPackageTests.xctest" "${objects[@]}" >"$results/llvm.json"
rm -rf "$results"/profile-*
python3 "$TOCSIN_ROOT/ci/coverage.py" "$results" "$TOCSIN_ROOT" "${TOCSIN_COVERAGE_MINIMUM:-80}" || passed=1
exit $passed
