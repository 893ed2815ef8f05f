#!/usr/bin/env bash
# Tells a Tocsin what was deployed, as a PagerDuty change event, so that an incident's reader sees it: ci/change.sh <outcome> <seconds>
# Off unless TOCSIN_CHANGE_URL (https://…/v2/change/enqueue) and TOCSIN_CHANGE_KEY (an integration's key) are set. What it cannot tell never
# fails the pipeline: the deployment has happened.
set -euo pipefail
# shellcheck source=ci/environment.sh
. "$(dirname "$0")/environment.sh"

[ -n "${TOCSIN_CHANGE_URL:-}" ] || exit 0
[ -n "${TOCSIN_CHANGE_KEY:-}" ] || { skipped "change event" "TOCSIN_CHANGE_URL is set, TOCSIN_CHANGE_KEY is not" && exit 0; }
body=$(TOCSIN_CHANGE_KEY=$TOCSIN_CHANGE_KEY python3 - "$1" "$2" "$(revision)" "$(git -C "$TOCSIN_ROOT" log -1 --format=%s 2>/dev/null || true)" <<'END'
import json, os, socket, sys
from datetime import datetime, timezone

outcome, seconds, revision, subject = sys.argv[1:]
print(json.dumps({
    "routing_key": os.environ["TOCSIN_CHANGE_KEY"],
    "payload": {
        "summary": f"Tocsin {revision} {outcome}",
        "timestamp": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "source": socket.gethostname(),
        "custom_details": {"service": "tocsin", "revision": revision, "subject": subject, "outcome": outcome, "pipeline_seconds": int(seconds)},
    },
    "links": [],
}))
END
)
# By standard input: the key must not show in ps. A repeat after a lost answer is the same change.
if status=$(curl -sS -m 10 --retry 2 --retry-connrefused -o /dev/null -w '%{http_code}' -H 'content-type: application/json' -H "idempotency-key: $(revision)-$$-$(date +%s)" -d @- "$TOCSIN_CHANGE_URL" <<<"$body" 2>&1) && [ "$status" = 202 ]; then
    say "change event: told to $TOCSIN_CHANGE_URL"
else
    skipped "change event" "$TOCSIN_CHANGE_URL answered $status instead of 202"
fi
