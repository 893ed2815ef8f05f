#!/usr/bin/env bash
# Compares OnCall with its oracle (Tests/Support/oncall_oracle.py) on a million random (schedule, zone, instant):
#   ci/oncall-oracle.sh                  1,000,000 instants of 10,000 schedules, in ten pieces
#   ci/oncall-oracle.sh 3                the first three of the ten pieces
#   ci/oncall-oracle.sh 4 3              four of them, after the first three
#   ci/oncall-oracle.sh --write          makes the vectors of Tests/Fixtures/oncall anew, after an update of the tz data
# Needs a build of the tests; the oracle reads the tz data of the system, which must be of Foundation's release (the test says so when it is not).
# The oracle walks where OnCall computes, and takes most of the time: its pieces are made on all processors, and compared there.
set -euo pipefail
cd "$(dirname "$0")/.."
oracle=Tests/Support/oncall_oracle.py
if [[ ${1:-} == --write ]]; then
    python3 "$oracle" random --seed 7 --schedules 120 --instants 36 >Tests/Fixtures/oncall/random.jsonl
    python3 "$oracle" transitions >Tests/Fixtures/oncall/transitions.jsonl
    exit
fi
pieces=${1:-10} skipped=${2:-0}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
seq "$((1001 + skipped))" "$((1000 + skipped + pieces))" | xargs -P "$(nproc)" -I{} \
    sh -c "python3 $oracle random --seed {} --schedules 1000 --instants 100 >'$folder/{}.jsonl'"
printf 'oracle: %d pieces made in %d s\n' "$pieces" "$SECONDS"
TOCSIN_ORACLE_VECTORS=$(printf '%s\n' "$folder"/*.jsonl | paste -sd:) swift test --skip-build --scratch-path "${TOCSIN_BUILD_PATH:-.build}" \
    --filter OracleTests/aMillionInstants 2>&1 | grep -E '^oracle:|✘|Test run with'
printf 'oracle: all in %d s\n' "$SECONDS"
