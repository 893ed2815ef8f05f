#!/usr/bin/env bash
# How long OnCall takes to reckon a year of a large schedule, optimised as in a release build (target: 10 ms).
#   ci/bench-schedule.sh
# The domain imports Foundation and Contracts only, so it is compiled by itself, in a minute; nothing of the package is built.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d /tmp/tocsin-schedule.XXXXXX)
trap 'rm -rf "$work"' EXIT
flags=(-O -wmo -cross-module-optimization -swift-version 6 -package-name tocsin -static-stdlib -enable-upcoming-feature InternalImportsByDefault
    -enable-upcoming-feature MemberImportVisibility -enable-upcoming-feature ExistentialAny)
mapfile -t contracts < <(find Shared/Contracts -name '*.swift')
mapfile -t domain < <(find Services/OnCall/Domain -name '*.swift')
swiftc "${flags[@]}" -module-name Contracts -parse-as-library -emit-module -emit-module-path "$work/Contracts.swiftmodule" \
    -emit-library -static -o "$work/libContracts.a" "${contracts[@]}"
cp ci/bench/schedule_year.swift "$work/main.swift"
swiftc "${flags[@]}" -module-name ScheduleYear -I "$work" -L "$work" -lContracts -o "$work/schedule-year" "${domain[@]}" "$work/main.swift"
"$work/schedule-year"
