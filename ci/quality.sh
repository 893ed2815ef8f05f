#!/usr/bin/env bash
# What the tree must be before anything is built: formatted, layered, warnings are errors, and every script, container file, YAML and compose file
# accepted by the checker of its kind. Each check is run even when one before it failed.
set -euo pipefail
# shellcheck source=ci/environment.sh
. "$(dirname "$0")/environment.sh"
cd "$TOCSIN_ROOT"

install_missing test

swift_format() { swift format lint --strict --parallel --recursive --configuration .swift-format Package.swift Plugins Services Shared Tests; }

# Every target of ours has the strict settings, and nothing takes them back.
warnings_are_errors() {
    python3 - Package.swift <<'END'
import re, sys

text = open(sys.argv[1]).read()
wrong = []
for kind in ("Swift", "C"):
    settings = re.search(rf"let strict\w*: \[{kind}Setting\] = \[(.*?)\n?\]\n", text, re.S)
    if not settings or ".treatAllWarnings(as: .error)" not in settings[1]:
        wrong.append(f"the strict settings of {kind} do not treat warnings as errors")
# A declaration goes on after its name; `.target(name: "X")` among dependencies ends there.
for match in re.finditer(r"\.(?:target|executableTarget|testTarget)\(\s*name: ([^,)]+),", text):
    depth, end = 1, match.end()
    while depth and end < len(text):
        depth += {"(": 1, ")": -1}.get(text[end], 0)
        end += 1
    # Targets in C, all named with a C ahead, have the strict settings of theirs.
    wanted = "cSettings: strictC" if re.match(r'"C[A-Z][a-z]+"', match[1]) else "swiftSettings: strict"
    if wanted not in text[match.start():end]:
        wrong.append(f"target {match[1]} does not use the strict settings")
wrong += [f"{word} takes warnings back" for word in ("suppress-warnings", ".treatWarning(", ".disableWarning(") if word in text]
# Flags for speed and size of release builds; any other could take warnings back.
known = {"-cross-module-optimization", "-use-ld=lld", "-Xlinker", "-z", "pack-relative-relocs"}
for flags in re.findall(r"unsafeFlags\(\[(.*?)\]", text, re.S):
    wrong += [f"unsafeFlags with {flag}: nobody has looked at it" for flag in re.findall(r'"([^"]*)"', flags) if flag not in known]
for line in wrong:
    print(f"  {line}")
sys.exit(bool(wrong))
END
}

scripts() { git ls-files -z --cached --others --exclude-standard '*.sh' .ci/run | xargs -0 -r shellcheck -x; }

container_files() { "$CHECKERS/hadolint" --config .hadolint.yaml "${dockerfiles[@]}"; }
yaml_files() { git ls-files -z --cached --others --exclude-standard '*.yml' '*.yaml' | xargs -0 -r "$CHECKERS/yamllint" --strict --config-file .yamllint.yaml; }
# By the schema of the compose specification that the checker brings along: no engine, no network.
compose_schema() { "$CHECKERS/check-jsonschema" --builtin-schema vendor.compose-spec docker-compose.yml; }

step "swift format" swift_format
step layers ci/layers.sh
step "warnings are errors" warnings_are_errors
step shellcheck scripts
step "run-local.sh" ci/run-local-tests.sh
mapfile -t dockerfiles < <(git ls-files --cached --others --exclude-standard '*Dockerfile' '*Dockerfile.*')
if checkers; then
    step yamllint yaml_files
    if [ ${#dockerfiles[@]} -gt 0 ]; then step hadolint container_files; else skipped hadolint "there is no Dockerfile"; fi
    step monitoring ci/monitoring.sh
    step "API documents" ci/api.sh --documents
    if [ -e docker-compose.yml ]; then step "compose schema" compose_schema; else skipped "compose schema" "there is no docker-compose.yml"; fi
else
    for name in yamllint hadolint monitoring "API documents" "compose schema"; do skipped "$name" "the checkers of ci/checkers.txt cannot be installed here (python3-venv and PyPI are needed)"; done
fi
# That each of its checks can fail is looked at as well, which takes some seconds.
documents() { python3 docs/check.py && python3 docs/check.py --self-test >/dev/null; }
step documents documents
finish quality
