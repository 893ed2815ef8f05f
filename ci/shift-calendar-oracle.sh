#!/usr/bin/env bash
# Compares OnCall's calendars with its timeline by PyPI's icalendar (Tests/Support/shift_calendar_oracle.py), which it installs into a folder of its own:
#   ci/shift-calendar-oracle.sh
# Needs a build of the tests and python3-venv.
set -euo pipefail
cd "$(dirname "$0")/.."
home=${TOCSIN_CALENDAR_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/tocsin/calendar-oracle}
[ -x "$home/bin/python" ] || python3 -m venv "$home"
"$home/bin/pip" install -q --disable-pip-version-check icalendar==7.3.0
TOCSIN_CALENDAR_PYTHON="$home/bin/python" swift test --skip-build --scratch-path "${TOCSIN_BUILD_PATH:-.build}" \
    --filter ShiftCalendarOracleTests 2>&1 | grep -E '^calendar:|✘|recorded an issue|Test run with'
