#!/usr/bin/env bash
# What must not be in the tree or in what we ship: secrets, weak containers, known-bad versions, licences that nobody has looked at.
# Leaves sbom.cdx.json and licences.txt in .build/results/ (TOCSIN_RESULTS_PATH names another folder).
set -euo pipefail
# shellcheck source=ci/environment.sh
. "$(dirname "$0")/environment.sh"
cd "$TOCSIN_ROOT"

checkers || die "the checkers of ci/checkers.txt cannot be installed here: python3-venv and PyPI are needed"
results=${TOCSIN_RESULTS_PATH:-$TOCSIN_ROOT/.build/results}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# ── Secrets ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
# What is known and harmless is in the baselines; made anew with ci/secrets.sh. Tests are full of sample passwords and digests, so there only the
# shapes of real keys count.
scan() { # scan <baseline> <file…>: fails when there is a secret that the baseline does not know
    local baseline=$1
    shift
    local rc=0
    # The hook moves line numbers in the file it is given, and ends with 3 when that is all it found.
    cp "$baseline" "$work/baseline"
    "$CHECKERS/detect-secrets-hook" --baseline "$work/baseline" "$@" >"$work/found" 2>&1 || rc=$?
    [ $rc = 0 ] || [ $rc = 3 ]
}
# A scan that finds nothing proves nothing until it has found something: these are made here, so that this file has none.
canary() {
    mkdir -p "$work/canary"
    printf 'aws_access_key_id = AKIA%s\n' "$(LC_ALL=C tr -dc A-Z2-7 </dev/urandom | head -c 16)" >"$work/canary/aws.txt"
    printf '%s PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n' '-----BEGIN' >"$work/canary/key.txt"
    printf 'password = "%s"\n' "$(LC_ALL=C tr -dc a-zA-Z0-9 </dev/urandom | head -c 32)" >"$work/canary/settings.py"
    local file
    for file in aws.txt key.txt settings.py; do
        if scan ci/secrets.baseline.json "$work/canary/$file"; then
            say "  the scan does not find the secret planted in $file"
            return 1
        fi
    done
    for file in aws.txt key.txt; do
        if scan ci/secrets-tests.baseline.json "$work/canary/$file"; then
            say "  the scan of the tests does not find the secret planted in $file"
            return 1
        fi
    done
}
secrets() {
    local ours tests
    mapfile -d '' -t ours < <(git ls-files -z --cached --others --exclude-standard ':!Tests' ':!ci/*.baseline.json')
    mapfile -d '' -t tests < <(git ls-files -z --cached --others --exclude-standard Tests)
    canary || return 1
    local rc=0
    scan ci/secrets.baseline.json "${ours[@]}" || { cat "$work/found" && rc=1; }
    scan ci/secrets-tests.baseline.json "${tests[@]}" || { cat "$work/found" && rc=1; }
    return $rc
}

# ── What git may hold ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────
ignored_files() {
    local path rc=0
    # Asked of our own rules only: another machine has no global ones.
    for path in .env .env.production .local/secrets/internal .local/tocsin.env .build/debug/x .build-coverage/x server.pem server.key Package.resolved; do
        git -c core.excludesFile=/dev/null check-ignore -q --no-index "$path" || { say "  $path is not ignored" && rc=1; }
    done
    if git -c core.excludesFile=/dev/null check-ignore -q --no-index .env.example; then say "  .env.example is ignored" && rc=1; fi
    while read -r path; do
        say "  $path is tracked and should be ignored" && rc=1
    done < <(git -c core.excludesFile=/dev/null ls-files -ci --exclude-standard)
    # An example must not work.
    if grep -nE '^[A-Z_]*(SECRET|PASSWORD|TOKEN|PEPPER|KEY)=.+' .env.example; then say "  .env.example has a value for a secret" && rc=1; fi
    return $rc
}

# ── What we are built from ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
dependencies() { "$CHECKERS/python" ci/dependencies.py "$1" "$TOCSIN_ROOT" "$TOCSIN_BUILD_PATH" "$results"; }

step secrets secrets
step "container audit" "$CHECKERS/python" ci/audit.py .
step "ignored files" ignored_files
# Nothing was built yet in a fresh clone: resolving fetches the packages, which the build then finds there.
if [ ! -s "$TOCSIN_BUILD_PATH/workspace-state.json" ]; then
    say "Resolving the packages …"
    swift package --package-path "$TOCSIN_ROOT" --scratch-path "$TOCSIN_BUILD_PATH" resolve >"$work/resolve" 2>&1 || tail -n 5 "$work/resolve"
fi
if [ -s "$TOCSIN_BUILD_PATH/workspace-state.json" ]; then
    step "known-bad versions" dependencies versions
    step SBOM dependencies sbom
    step licences dependencies licences
else
    failures+=("dependencies (they cannot be resolved)")
fi
finish security
