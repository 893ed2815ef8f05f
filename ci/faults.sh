#!/usr/bin/env bash
# Shows that the checks can fail: plants a fault in a copy of the tree, one at a time, and wants the check that is there for it to turn red.
#   ci/faults.sh [WORD]        those whose name has WORD; about ten minutes for all. Not part of the pipeline.
# What only a build can show (warnings, a route that the API document lacks, a setting that .env.example lacks) is in the tests themselves:
# APIDocumentTests and ConfigurationKeyTests compare both ways.
# What is planted is expanded there, not here.
# shellcheck disable=SC2016
set -euo pipefail
# shellcheck source=ci/environment.sh
. "$(dirname "$0")/environment.sh"
cd "$TOCSIN_ROOT"

word=${1:-}
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
checkers || die "the checkers of ci/checkers.txt cannot be installed here"
# Versions and licences need what was resolved; the copy only reads it.
resolved=$TOCSIN_BUILD_PATH
fresh() {
    rm -rf "$copy/tree"
    mkdir "$copy/tree"
    git ls-files -z --cached --others --exclude-standard | tar -c --null -T - | tar -x -C "$copy/tree"
    git -C "$copy/tree" init -q
    git -C "$copy/tree" add -A
    git -C "$copy/tree" -c user.name=faults -c user.email=faults@localhost commit -qm fresh
}
wanted() { [[ $1 == *"$word"* ]]; }
bad=0 seen=0
# fault <stage> <step that must fail> <what is planted>, and on standard input the commands that plant it
fault() {
    local stage=$1 step=$2 what=$3 plant out=$copy/out
    plant=$(cat)
    wanted "$stage $step $what" || return 0
    fresh
    (cd "$copy/tree" && bash -euo pipefail -c "$plant")
    if (cd "$copy/tree" && NO_COLOR=1 TOCSIN_STEP=$step TOCSIN_BUILD_PATH=${FAULT_BUILD_PATH:-$resolved} TOCSIN_RESULTS_PATH=$copy/results "ci/$stage.sh") >"$out" 2>&1; then
        printf '%sstill green%s  %-8s %-22s %s\n' "$red" "$plain" "$stage" "$step" "$what"
        bad=1
    elif grep -q "^failed  $step " "$out"; then
        seen=$((seen + 1))
        printf '%sred%s  %-8s %-22s %-62s %s\n' "$green" "$plain" "$stage" "$step" "$what" "$(grep -vE '^(ok|failed|skipped) |: failed:' "$out" | grep -v '^$' | head -n 1 | sed "s#$copy/##g" | cut -c1-110)"
    else
        printf '%sred for another reason%s  %s %s %s\n' "$red" "$plain" "$stage" "$step" "$what"
        tail -n 5 "$out"
        bad=1
    fi
}
# refused <what is checked> <what is wrong> <words that must be said> <command…>: for checks that are no step of a stage
refused() {
    local check=$1 what=$2 words=$3 out=$copy/out
    shift 3
    wanted "$check $what" || return 0
    if "$@" >"$out" 2>&1; then
        printf '%sstill green%s  %-31s %s\n' "$red" "$plain" "$check" "$what"
        bad=1
    elif grep -q -- "$words" "$out"; then
        seen=$((seen + 1))
        printf '%sred%s  %-31s %-62s %s\n' "$green" "$plain" "$check" "$what" "$(grep -m 1 -- "$words" "$out" | cut -c1-110)"
    else
        printf '%sred for another reason%s  %s %s\n' "$red" "$plain" "$check" "$what"
        tail -n 5 "$out"
        bad=1
    fi
}
# content <what is checked> <command…>: the same check has nothing against what is right
content() {
    local check=$1 out=$copy/out
    shift
    wanted "$check" || return 0
    "$@" >"$out" 2>&1 || { printf '%sred without a fault%s  %s\n' "$red" "$plain" "$check" && tail -n 5 "$out" && bad=1; }
}
compose() { # compose <what> <python on the parsed file, as d>
    fault security "container audit" "$1" <<END
"$CHECKERS/python" - <<'PY'
import yaml
d = yaml.safe_load(open("docker-compose.yml"))
s = d["services"]
$2
yaml.safe_dump(d, open("docker-compose.yml", "w"), width=10000)
PY
END
}
dockerfile() { fault security "container audit" "$1" <<<"sed -i '$2' ci/Dockerfile"; }

# ── quality ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
fault quality "swift format" "a line with two spaces too many" <<<"sed -i '0,/^    /s//      /' Shared/Contracts/Severity.swift"
fault quality layers "a domain that imports Hummingbird" <<<'f=$(find Services/OnCall/Domain -name "*.swift" | head -1); sed -i "1i import Hummingbird" "$f"'
fault quality layers "a domain that imports with an attribute" <<<'f=$(find Services/OnCall/Domain -name "*.swift" | head -1); sed -i "1i @preconcurrency import NIOCore" "$f"'
fault quality layers "a service that imports another" <<<"sed -i '1i import OnCall' Services/Notification/NotificationConfiguration.swift"
fault quality layers "the command-line program that imports a service" <<<"sed -i '1i import OnCall' Services/CommandLine/Service.swift"
fault quality layers "PostgreSQL outside of Storage" <<<'f=$(find Services/OnCall/HTTP -name "*.swift" | head -1); sed -i "1i import Postgres" "$f"'
fault quality layers "SKIP LOCKED outside of WorkQueue" <<<"printf '// FOR UPDATE SKIP LOCKED\n' >>Services/OnCall/OnCall+build.swift"
fault quality layers "a migration that nobody lists" <<<'printf "SELECT 1;\n" >"$(find Services/OnCall/Storage/Migrations -type d | head -1)/V9999__nobody.sql"'
fault quality "warnings are errors" "warnings are not errors any more" <<<"sed -i '/treatAllWarnings/d' Package.swift"
fault quality "warnings are errors" "a target without the strict settings" <<<"sed -i '0,/path: \"Services\/CommandLine\",/{/path: \"Services\/CommandLine\",/{n;d}}' Package.swift"
fault quality "warnings are errors" "C without the strict settings" <<<"sed -i 's/cSettings: strictC, //' Package.swift"
fault quality "run-local.sh" "pid files of the release before are not believed" <<<"sed -i 's/^    if \[ \"\$said\" = \"\$pid\" \]; then .* else /    if false; then :; else /' run-local.sh"
fault quality "run-local.sh" "a linked folder is believed" <<<"sed -i 's/\[ ! -L \"\$path\" \] && //' run-local.sh"
fault quality "run-local.sh" "a copy's database is the original's" <<<"sed -i 's/^other_owner() {/other_owner() { return 1;/' run-local.sh"
fault quality shellcheck "an unquoted variable" <<<"printf '#!/bin/bash\nrm -r \$1/x\n' >ci/new.sh"
fault quality yamllint "a key twice" <<<"printf 'a: 1\na: 2\n' >new.yml"
fault quality hadolint "apt-get without -y" <<<"sed -i 's/install -y --no/install --no/' ci/Dockerfile"
fault quality hadolint "a relative WORKDIR" <<<"sed -i 's#WORKDIR /empty#WORKDIR empty#' ci/Dockerfile"
fault quality "compose schema" "a key that compose does not know" <<<"sed -i '0,/read_only: true/s//read_only: true\n  readonly: true/' docker-compose.yml"

fault quality "warnings are errors" "a flag that nobody has looked at" <<<"sed -i 's/\"-cross-module-optimization\"/\"-cross-module-optimization\", \"-suppress-warnings\"/' Package.swift"
fault quality layers "a shared library that imports a service" <<<"sed -i '1i import OnCall' Shared/WorkQueue/BackOff.swift"
fault quality layers "something public" <<<"sed -i 's/^package enum Severity/public enum Severity/' Shared/Contracts/Severity.swift"
fault quality documents "a link that leads nowhere" <<<"printf '\n[a](nowhere.md)\n' >>docs/operations.md"
fault quality documents "a setting that .env.example does not tell" <<<"printf '\n\`NOBODY_READS%s\`\n' _THIS >>docs/operations.md"
fault quality documents "a metric that no daemon makes" <<<"printf '\n\`tocsin_no_such_total\`\n' >>docs/operations.md"
fault quality documents "a table that no migration makes" <<<"sed -i 's/    quarantine {/    quarantined {/' docs/system-design.md"
fault quality documents "a check of the documents that finds nothing (its self-test)" <<<"sed -i 's/^CHECKS = .*/CHECKS = {}/' docs/check.py"
fault quality monitoring "a rule on a metric that no daemon makes" <<<"sed -i 's/tocsin_paging_held) > 0/tocsin_paging_hold) > 0/' monitoring/prometheus/rules/alerts.yml"
fault quality monitoring "a rule that does not fire when it should" <<<"sed -i 's/tocsin_paging_held) > 0/tocsin_paging_held) > 1/' monitoring/prometheus/rules/alerts.yml"
fault quality monitoring "an alert without a page in the runbook" <<<"sed -i 's/^## TocsinPagingHeld/## TocsinPagingHold/' docs/runbook.md"
fault quality monitoring "a panel over another" <<<'python3 -c "
import json
path = \"monitoring/grafana/dashboards/sre-performance.json\"
dashboard = json.load(open(path))
dashboard[\"panels\"][-1][\"gridPos\"] = dashboard[\"panels\"][-2][\"gridPos\"]
json.dump(dashboard, open(path, \"w\"))"'
fault quality monitoring "a panel with a field that Grafana does not know" <<<"sed -i '0,/\"legendFormat\"/s//\"legendFromat\"/' monitoring/grafana/dashboards/incident-overview.json"
fault quality monitoring "alerts on Tocsin that only Tocsin hears" <<<"sed -i 's/^\( *- \)receiver: independent/\1receiver: tocsin/' monitoring/alertmanager/alertmanager.yml"
fault quality "API documents" "an example that does not fit its schema" <<<"sed -i '0,/\"status\": \"success\", \"message\": \"Change event processed\"/s//\"status\": \"succes\", \"message\": \"Change event processed\"/' Services/AlertIngestion/HTTP/openapi.json"
fault quality "API documents" "a reference that leads nowhere" <<<"sed -i '0,/#\/components\/schemas\/Problem\"/s//#\/components\/schemas\/Problems\"/' Services/OnCall/HTTP/openapi.json"

# ── test ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
# What the measured runs leave, made by hand: a profile of three lines in four, and the runner's report of two tests.
measured=$copy/measured
mkdir -p "$measured"
profile() { # profile <file> <covered> <lines>
    printf '{"data": [{"files": [{"filename": "%s", "summary": {"lines": {"count": %d, "covered": %d}}}, {"filename": "%s/.build/checkouts/x.swift", "summary": {"lines": {"count": 9000, "covered": 9000}}}]}]}' \
        "$1" "$3" "$2" "$TOCSIN_ROOT" >"$measured/llvm.json"
}
report() { # report <testcases>
    printf '<testsuites><testsuite>%s</testsuite></testsuites>' "$1" >"$measured/pass-1.xml"
}
coverage() { python3 ci/coverage.py "$measured" "$TOCSIN_ROOT" "$1"; }
results() { python3 ci/results.py "$measured"; }
profile "$TOCSIN_ROOT/Shared/Contracts/Severity.swift" 75 100
content "test coverage" coverage 75
refused "test coverage" "three lines in four, with 80 % wanted" "coverage is below 80 %" coverage 80
profile "$TOCSIN_ROOT/Tests/x.swift" 75 100
refused "test coverage" "a profile without a line of ours" "no line of Services/ or Shared/" coverage 1
report '<testcase classname="A" name="a" time="0.1"/><testcase classname="A" name="b" time="0.2"><skipped/></testcase>'
content "test results" results
report '<testcase classname="A" name="a" time="0.1"><failure message="no"/></testcase>'
refused "test results" "a test that failed" "1 failed" results
report ''
refused "test results" "no test at all" "no test ran" results
report '<testcase classname="A" name="a"'
refused "test results" "a report that is cut off" "ParseError" results

# ── security ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
fault security secrets "an AWS key in a source file" <<<"printf '// AKIA%s\n' QWERTYUIOPASDFGH >>Shared/Contracts/Severity.swift"
fault security secrets "a private key in the tests" <<<"printf '%s PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n' '-----BEGIN' >Tests/Fixtures/new.txt"
fault security secrets "a scan that looks for nothing (the canary)" <<<'python3 -c "
import json
for name in (\"ci/secrets.baseline.json\", \"ci/secrets-tests.baseline.json\"):
    found = json.load(open(name))
    found[\"plugins_used\"] = []
    json.dump(found, open(name, \"w\"))"'
fault security "ignored files" ".env is not ignored" <<<"sed -i '/^\.env/d' .gitignore"
fault security "ignored files" "a key is tracked" <<<"mkdir -p .local && echo x >.local/tocsin.env && git add -f .local/tocsin.env"
fault security "ignored files" "an example that works" <<<"sed -i 's/^INTERNAL_SECRET=/INTERNAL_SECRET=abc/' .env.example"
fault security "known-bad versions" "an advisory about the pinned swift-nio" <<<"echo 'swift,swift-nio,99.0.0,TEST-1,planted' >>ci/advisories.csv"
fault security "known-bad versions" "an advisory about libpq" <<<"echo 'debian,libpq5,99.0-1,TEST-2,planted' >>ci/advisories.csv"
fault security "known-bad versions" "a PostgreSQL image that is too old" <<<"sed -i 's/postgres:17[.][0-9]*/postgres:17.2/' docker-compose.yml"
fault security "known-bad versions" "a dependency that is not pinned" <<<"sed -i '0,/exact: \"1.8.2\"/s//from: \"1.8.2\"/' Package.swift"
fault security "known-bad versions" "another version pinned than was built" <<<"sed -i 's/exact: \"2.101.2\"/exact: \"2.99.0\"/' Package.swift"
fault security SBOM "a component of a kind that CycloneDX does not know" <<<"sed -i 's/\"type\": \"library\"/\"type\": \"thing\"/' ci/dependencies.py"
# A dependency's licence is in its checkout: a copy of the build folder's checkouts, with another text.
if wanted "security licences" && [ -d "$resolved/checkouts" ]; then
    mkdir -p "$copy/build/checkouts"
    cp "$resolved/workspace-state.json" "$copy/build/"
    for folder in "$resolved"/checkouts/*; do
        mkdir "$copy/build/checkouts/$(basename "$folder")"
        cp "$folder"/LICENSE* "$copy/build/checkouts/$(basename "$folder")/"
    done
    echo 'GNU GENERAL PUBLIC LICENSE Version 3' >"$copy/build/checkouts/swift-mustache/LICENSE.txt"
    FAULT_BUILD_PATH=$copy/build fault security licences "a dependency under the GPL" <<<true
    echo 'Ask before use.' >"$copy/build/checkouts/swift-mustache/LICENSE.txt"
    FAULT_BUILD_PATH=$copy/build fault security licences "a dependency whose licence nobody knows" <<<true
fi

compose "a service as root" 's["web-ui"]["user"] = "0:0"'
compose "a user by name" 's["web-ui"]["user"] = "tocsin"'
compose "image latest" 's["redis"]["image"] = "redis:latest"'
compose "image without a version" 's["grafana"]["image"] = "grafana/grafana"'
compose "capabilities kept" 's["postgres"]["cap_drop"] = []'
compose "a capability taken" 's["prometheus"]["cap_add"] = ["NET_ADMIN"]'
compose "new privileges" 's["web-ui"]["security_opt"] = []'
compose "a writable root" 's["alert-ingestion"]["read_only"] = False'
compose "no memory limit" 'del s["oncall-service"]["deploy"]["resources"]["limits"]["memory"]'
compose "privileged" 's["grafana"]["privileged"] = True'
compose "the host's network" 's["prometheus"]["network_mode"] = "host"'
compose "a published database port" 's["postgres"]["ports"] = ["127.0.0.1:5432:5432"]'
compose "a database with a way out" 's["redis"]["networks"] = ["suite"]'
compose "a port on every address" 's["web-ui"]["ports"] = ["8080:8080"]'
compose "a default password" 's["grafana"]["environment"]["GF_SECURITY_ADMIN_PASSWORD"] = "${GRAFANA_ADMIN_PASSWORD:-admin}"'
compose "a literal secret" 's["web-ui"]["environment"]["INTERNAL_SECRET"] = "x" * 40'
compose "a password in a URL" 's["web-ui"]["environment"]["DATABASE_URL"] = "postgresql://a:b@postgres/tocsin"'
compose "a start that does not wait for health" 's["web-ui"]["depends_on"]["alert-ingestion"]["condition"] = "service_started"'
compose "the engine's socket" 's["prometheus"]["volumes"].append("/var/run/docker.sock:/var/run/docker.sock:ro")'
compose "a writable folder of the host" 's["grafana"]["volumes"].append("./monitoring:/m")'
compose "no healthcheck" 'del s["redis"]["healthcheck"]'
compose "a service that is missing" 'del s["redis"]'
compose "a key that .env.example does not tell" 's["web-ui"]["environment"]["X"] = "${SOMETHING_NEW:-}"'
fault security "container audit" "a folder that the image build does not get" <<<"sed -i '/^!Plugins/d' .dockerignore"
dockerfile "an image as root" '/^USER/d'
dockerfile "a user by name" 's/^USER .*/USER tocsin/'
dockerfile "a base image without a version" 's/^ARG RUNTIME_IMAGE=.*/ARG RUNTIME_IMAGE=debian/'
dockerfile "a base image that is no argument" 's/^FROM ${RUNTIME_IMAGE}/FROM debian:bookworm-slim/'
dockerfile "no HEALTHCHECK" '0,/^HEALTHCHECK/{/^HEALTHCHECK/d}'
dockerfile "a HEALTHCHECK with a shell" '0,/CMD \["\/usr\/local\/bin\/tocsin", /s//CMD ["sh", "-c", /'
dockerfile "an ENTRYPOINT with a shell" 's#^ENTRYPOINT \["/usr/local/bin/web-ui"\]#ENTRYPOINT /usr/local/bin/web-ui#'
dockerfile "no time zones" 's/ tzdata//'
dockerfile "a secret baked in" 's/^ENV HOST=0.0.0.0/ENV INTERNAL_SECRET=abc HOST=0.0.0.0/'
dockerfile "tools that are older than the server" 's/^ARG POSTGRES_IMAGE=postgres:17/ARG POSTGRES_IMAGE=postgres:16/'
dockerfile "tools as root" '/^ENTRYPOINT \["\/usr\/local\/bin\/tocsin"\]/i USER 0:0'
dockerfile "a download that is run" 's#^RUN apt-get update#RUN curl -s https://example.org/x | sh \&\& apt-get update#'

[ $bad = 0 ] || die "a check did not see what was planted"
[ $seen -gt 0 ] || die "no fault is called $word"
say "faults: ok, all $seen planted faults were seen"
