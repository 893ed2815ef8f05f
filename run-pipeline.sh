#!/usr/bin/env bash
# The pipeline. `./run-pipeline.sh` runs every stage there is, `./run-pipeline.sh test` one of them; further arguments go to that stage.
set -uo pipefail
cd "$(dirname "$0")" || exit 1
# shellcheck source=ci/environment.sh
. ci/environment.sh

stages=(quality test)
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'; else bold='' red='' green='' plain=''; fi

if [ $# -gt 0 ]; then
    stage=$1
    shift
    [ -x "ci/$stage.sh" ] || die "no stage '$stage'; there are: ${stages[*]}"
    exec "ci/$stage.sh" "$@"
fi

summary=()
failed=0
for stage in "${stages[@]}"; do
    printf '%s── %s ──%s\n' "$bold" "$stage" "$plain"
    started=$SECONDS
    if "ci/$stage.sh"; then result="${green}passed${plain}"; else result="${red}failed${plain}" failed=1; fi
    summary+=("$(printf '%-10s %s  %d s' "$stage" "$result" "$((SECONDS - started))")")
    [ $failed = 0 ] || break
done
printf '\n%sSummary%s\n' "$bold" "$plain"
printf '%s\n' "${summary[@]}"
exit $failed
