#!/usr/bin/env bash
# The pipeline.
#
#   ./run-pipeline.sh                      quality, security, test, build, deploy, verify; stops at the first that fails
#   ./run-pipeline.sh STAGE [ARGUMENTS]    one of them; the arguments go to that stage
#   ./run-pipeline.sh --from STAGE         that one and those after it
#   ./run-pipeline.sh --only STAGE,STAGE   those, in the pipeline's order
#   ./run-pipeline.sh --no-coverage …      tests as `./run-pipeline.sh test` runs them, without the second build that measuring needs
#
# `cd ci && bash pipeline.sh` is the same. A check that cannot be made on this machine is said to be skipped, with its reason. With
# TOCSIN_CHANGE_URL and TOCSIN_CHANGE_KEY set, a deployment is told to a Tocsin as a change event (ci/change.sh).
set -uo pipefail
cd "$(dirname "$0")" || exit 1
# shellcheck source=ci/environment.sh
. ci/environment.sh

all=(quality security test build deploy verify)
is_stage() { case " ${all[*]} " in *" $1 "*) return 0 ;; *) return 1 ;; esac; }
wants() { is_stage "${1:-}" || die "no stage '${1:-}'; there are: ${all[*]}"; }

stages=("${all[@]}")
coverage=(--coverage)
while [ $# -gt 0 ]; do
    case $1 in
        --from)
            wants "${2:-}"
            stages=()
            for stage in "${all[@]}"; do if [ "$stage" = "$2" ] || [ ${#stages[@]} -gt 0 ]; then stages+=("$stage"); fi; done
            shift
            ;;
        --only)
            IFS=',' read -r -a named <<<"${2:-}"
            [ ${#named[@]} -gt 0 ] || wants ''
            for stage in "${named[@]}"; do wants "$stage"; done
            stages=()
            for stage in "${all[@]}"; do case ",$2," in *",$stage,"*) stages+=("$stage") ;; esac done
            shift
            ;;
        --no-coverage) coverage=() ;;
        -h | --help) sed -n '2,12s/^# \{0,1\}//p' "$0" && exit 0 ;;
        -*) die "unknown option $1; try --help" ;;
        *)
            stage=$1
            shift
            [ -x "ci/$stage.sh" ] || die "no stage '$stage'; there are: ${all[*]}"
            exec "ci/$stage.sh" "$@"
            ;;
    esac
    shift
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# An interrupted stage interrupts the pipeline; its own traps have run by then.
trap 'exit 130' INT TERM

summary=() failed=0 deployed='' began=$SECONDS
for stage in "${stages[@]}"; do
    if [ $failed = 1 ]; then
        summary+=("$(printf '%-10s not run' "$stage")")
        continue
    fi
    printf '%s── %s ──%s\n' "$bold" "$stage" "$plain"
    arguments=()
    [ "$stage" = test ] && arguments=("${coverage[@]}")
    started=$SECONDS rc=0
    export TOCSIN_SKIPPED=$work/$stage
    : >"$TOCSIN_SKIPPED"
    "ci/$stage.sh" "${arguments[@]}" || rc=$?
    case $rc in
        0) result="${green}passed${plain}" ;;
        "$SKIPPED_STAGE") result="${yellow}skipped${plain}" ;;
        *) result="${red}failed${plain}" failed=1 ;;
    esac
    [ "$stage" != deploy ] || deployed=$rc
    summary+=("$(printf '%-10s %s  %d s' "$stage" "$result" "$((SECONDS - started))")")
    while read -r line; do summary+=("           ${yellow}skipped${plain} $line"); done <"$TOCSIN_SKIPPED"
done
unset TOCSIN_SKIPPED

printf '\n%sSummary%s of %s, %d s\n' "$bold" "$plain" "$(revision)" "$((SECONDS - began))"
printf '%s\n' "${summary[@]}"
if [ -n "$deployed" ] && [ "$deployed" != "$SKIPPED_STAGE" ]; then
    outcome=deployed
    [ "$deployed" = 0 ] || outcome='failed to deploy'
    [ "$outcome$failed" != deployed1 ] || outcome='deployed, then failed to verify'
    ci/change.sh "$outcome" "$((SECONDS - began))"
fi
exit $failed
