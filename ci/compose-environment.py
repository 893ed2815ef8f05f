"""What docker-compose.yml gives a service: ci/compose-environment.py <compose file> <.env file> <service>. Prints NAME=value, each ended by a NUL.

Knows the interpolation that the file uses: ${NAME}, ${NAME:-default}, ${NAME:+instead}, ${NAME:?message} and $$.
"""

import pathlib
import re
import sys

import yaml

compose, dotenv, service = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
given = dict(line.split("=", 1) for line in dotenv.read_text().splitlines() if re.match(r"[A-Z_]+=", line))


def value(match):
    if match[0] == "$$":
        return "$"
    name, how, rest = match[1], match[2], match[3] or ""
    if given.get(name):
        return rest if how == ":+" else given[name]
    if how == ":?":
        sys.exit(f"{name}: {rest}")
    return rest if how == ":-" else ""


environment = yaml.safe_load(compose.read_text())["services"][service].get("environment") or {}
for name, text in environment.items():
    sys.stdout.write(f"{name}=" + re.sub(r"\$\$|\$\{([A-Z_]+)(?:(:-|:\+|:\?)([^}]*))?\}", value, str(text)) + "\0")
