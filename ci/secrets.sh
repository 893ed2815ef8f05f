#!/usr/bin/env bash
# Makes the baselines of ci/security.sh anew, after a person has looked at what the scan found: what is in them counts as harmless from then on.
set -euo pipefail
# shellcheck source=ci/environment.sh
. "$(dirname "$0")/environment.sh"
cd "$TOCSIN_ROOT"

checkers || die "the checkers of ci/checkers.txt cannot be installed here"
files() { git ls-files -z --cached --others --exclude-standard "$@"; }
# The time it was made would change the file without a change.
baseline() { python3 -c 'import json, sys; found = json.load(sys.stdin); found.pop("generated_at"); print(json.dumps(found, indent=1))'; }
files ':!Tests' ':!ci/*.baseline.json' | xargs -0 "$CHECKERS/detect-secrets" scan | baseline >ci/secrets.baseline.json
files Tests | xargs -0 "$CHECKERS/detect-secrets" scan --disable-plugin Base64HighEntropyString --disable-plugin HexHighEntropyString \
    --disable-plugin KeywordDetector --disable-plugin BasicAuthDetector | baseline >ci/secrets-tests.baseline.json
python3 - <<'END'
import json
for name in ("ci/secrets.baseline.json", "ci/secrets-tests.baseline.json"):
    for path, found in json.load(open(name))["results"].items():
        for item in found:
            print(f"{name}: {path}:{item['line_number']} {item['type']}")
END
