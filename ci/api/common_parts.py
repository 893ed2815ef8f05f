"""common_parts.py <document>…: the documents stand alone, so what they share is written in each; here it must be the same."""

import json
import sys

SHARED = [("schemas", name) for name in ("Problem", "FieldFault", "Health", "HealthCheck")] + [("securitySchemes", "metricsToken")]

first, *others = [(path, json.load(open(path))) for path in sys.argv[1:]]
faults = []
for path, document in others:
    for kind in ("schemas", "responses", "headers", "securitySchemes"):
        mine, theirs = (each["components"].get(kind, {}) for each in (document, first[1]))
        needed = [name for shared, name in SHARED if shared == kind]
        names = needed if kind in ("schemas", "securitySchemes") else sorted(mine.keys() & theirs.keys())
        faults += [f"{path}: {kind}/{name} is not that of {first[0]}" for name in names if mine.get(name) != theirs.get(name)]
    if document["info"]["version"] != first[1]["info"]["version"]:
        faults.append(f"{path}: another version than {first[0]}")
print("\n".join(faults) or f"ok: {len(sys.argv) - 1} documents share their common parts")
sys.exit(bool(faults))
