#!/usr/bin/env bash
# How long the engine's claim takes among many pending timers (reliability: p99 of 20 ms at a million).
#   ci/measure-claims.sh [TIMERS]      1000000 by default; needs PostgreSQL's server programs, as the tests do
# A figure belongs to its machine; use a release build (TOCSIN_CONFIGURATION=release) for one that is quoted.
set -euo pipefail
cd "$(dirname "$0")/.."
TOCSIN_MEASURE_CLAIMS=${1:-1000000} ./run-pipeline.sh test --filter ClaimLatencyTests | grep -E '^claims: |Test run with|✘'
