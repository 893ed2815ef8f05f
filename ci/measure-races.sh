#!/usr/bin/env bash
# Acknowledges over HTTP that race pages to a real mail server, with IncidentManagement frozen now and then (reliability ESC-3): how many, how long, and how many
# mails came after their acknowledge's answer, which must be none.
#   ci/measure-races.sh [RACES]        10000 by default, some minutes on two cores; the tests race 150 times
set -euo pipefail
cd "$(dirname "$0")/.."
TOCSIN_RACES=${1:-10000} ./run-pipeline.sh test --filter noMailArrivesAfterTheAcknowledgesAnswer | grep -E '^race: |Test run with|✘'
