"""What we are built from: ci/dependencies.py sbom|versions|licences|libraries <root> <build folder, or the programs'> <results folder>.

Reads the pins of Package.swift, what SwiftPM resolved (workspace-state.json and the checkouts in the build folder), the Debian libraries that the
programs load (ci/system-libraries.csv), and ci/advisories.csv.
"""

import csv
import json
import pathlib
import re
import subprocess
import sys
import uuid
from datetime import datetime, timezone

action, root, build, results = sys.argv[1], *(pathlib.Path(argument) for argument in sys.argv[2:5])
wrong = []


def rows(name):
    with open(root / "ci" / name, newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def pins():
    found = re.findall(r'\.package\(url: "([^"]+)", exact: "([^"]+)"\)', (root / "Package.swift").read_text())
    declared = len(re.findall(r"\.package\(", (root / "Package.swift").read_text()))
    if declared != len(found):
        wrong.append(f"{declared - len(found)} dependencies of Package.swift are not pinned with exact:")
    return {url.rsplit("/", 1)[-1].removesuffix(".git").lower(): version for url, version in found}


def resolved():
    """Every package of the build, by its name."""
    packages = {}
    for item in json.loads((build / "workspace-state.json").read_text())["object"]["dependencies"]:
        reference, state = item["packageRef"], item["state"]["checkoutState"]
        packages[reference["identity"]] = {
            "name": reference["identity"],
            "url": reference["location"],
            "version": state.get("version"),
            "folder": build / "checkouts" / item["subpath"],
        }
    for name, version in pins().items():
        if name not in packages:
            wrong.append(f"{name} {version} is pinned and was not resolved: the build folder is of another tree")
        elif packages[name]["version"] != version:
            wrong.append(f"{name} is pinned to {version}, and {packages[name]['version']} was resolved: the build folder is of another tree")
    return dict(sorted(packages.items()))


def licence(folder):
    """An SPDX id, `unknown`, or the name of a licence that asks for our source."""
    texts = [file.read_text(errors="replace") for file in sorted(folder.glob("*")) if re.match(r"(?i)(licen[cs]e|copying)", file.name) and file.is_file()]
    if not texts:
        return "unknown"
    text = re.sub(r"\s+", " ", texts[0])
    if re.search(r"GNU (AFFERO |LESSER |LIBRARY )?GENERAL PUBLIC LICENSE|Mozilla Public License|Eclipse Public License|COMMON DEVELOPMENT AND DISTRIBUTION|Server Side Public", text, re.I):
        return "copyleft"
    if "Apache License" in text and "Version 2.0" in text:
        return "Apache-2.0"
    if "Permission is hereby granted, free of charge" in text:
        return "MIT"
    if "Redistribution and use in source and binary forms" in text:
        return "BSD-3-Clause" if "Neither the name" in text else "BSD-2-Clause"
    if "Permission to use, copy, modify, and/or distribute this software" in text:
        return "ISC"
    return "unknown"


def installed(package):
    """The version of a Debian package here; None where it is not, or where this is no Debian."""
    try:
        answer = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True)
    except FileNotFoundError:
        return None
    return answer.stdout or None if answer.returncode == 0 else None


def numbers(version):
    return [int(part) for part in re.findall(r"\d+", version.split("-")[0].split("+")[0])]


def loaded(folder):
    """The libraries that the programs themselves name."""
    names = set()
    for program in ("alert-ingestion", "incident-management", "oncall-service", "notification-service", "web-ui", "tocsin"):
        file = folder / program
        if file.exists():
            answer = subprocess.run(["readelf", "-d", file], capture_output=True, text=True).stdout
            names |= set(re.findall(r"\(NEEDED\).*\[([^\]]+)\]", answer))
    return names


# ── The checks ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
def check_versions():
    packages = resolved()
    seen = 0
    for row in rows("advisories.csv"):
        kind, name, least = row["kind"], row["package"], row["fixed"]
        if kind == "swift":
            version = (packages.get(name) or {}).get("version")
            bad = version is not None and numbers(version) < numbers(least)
        elif kind == "debian":
            version = installed(name)
            bad = version is not None and subprocess.run(["dpkg", "--compare-versions", version, "lt", least]).returncode == 0
        else:
            version = next(iter(re.findall(rf"{re.escape(name)}:(\d[\w.]*)", (root / "docker-compose.yml").read_text())), None)
            bad = version is not None and numbers(version) < numbers(least)
        seen += version is not None
        if bad:
            wrong.append(f"{name} {version} is older than {least}: {row['advisory']}, {row['what']}")
    print(f"  {seen} of {len(rows('advisories.csv'))} known advisories are about something that is here; {len(packages)} Swift packages")


def check_licences():
    packages = resolved()
    table = {}
    for name, package in packages.items():
        table[name] = licence(package["folder"])
        if table[name] in ("unknown", "copyleft"):
            wrong.append(f"{name}: {table[name]} licence")
    lines = [f"{name} {packages[name]['version']}: {table[name]}" for name in table]
    lines += [f"{row['library']} ({row['package']}, Debian): {row['licence']}, {row['why']}" for row in rows("system-libraries.csv")]
    (results / "licences.txt").write_text("\n".join(lines) + "\n")
    counts = {name: list(table.values()).count(name) for name in sorted(set(table.values()))}
    print(f"  {', '.join(f'{count} × {name}' for name, count in counts.items())}; system libraries are only linked → {results / 'licences.txt'}")


def check_libraries():
    known = {row["library"] for row in rows("system-libraries.csv")}
    libraries = loaded(build)
    for library in sorted(libraries - known):
        wrong.append(f"{library} is loaded by a program and is not in ci/system-libraries.csv")
    if not libraries:
        wrong.append(f"{build} has no programs")
    print(f"  {len(libraries)} system libraries")


def make_sbom():
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    packages = resolved()
    version = re.search(r'"(\d+\.\d+\.\d+[^"]*)"', (root / "Shared/ServiceKit/Lifecycle/ServiceVersion.swift").read_text())[1]
    revision = subprocess.run(["git", "-C", root, "rev-parse", "HEAD"], capture_output=True, text=True).stdout.strip() or "unknown"
    components = []
    for name, package in packages.items():
        where = package["url"].removesuffix(".git").removeprefix("https://")
        purl = f"pkg:swift/{where}@{package['version']}"
        spdx = licence(package["folder"])
        components.append(
            {"type": "library", "bom-ref": purl, "name": name, "version": package["version"], "purl": purl, "scope": "required",
             "licenses": [{"license": {"id": spdx}}] if spdx not in ("unknown", "copyleft") else [{"license": {"name": spdx}}],
             "externalReferences": [{"type": "vcs", "url": package["url"]}]})
    # The standard library and Foundation, with their ICU, are inside each program.
    toolchain = re.search(r"Swift version (\S+)", subprocess.run(["swift", "--version"], capture_output=True, text=True).stdout)
    if toolchain:
        components.append({"type": "framework", "bom-ref": f"swift@{toolchain[1]}", "name": "swift", "version": toolchain[1], "scope": "required",
                           "licenses": [{"license": {"id": "Apache-2.0"}}]})
    for row in rows("system-libraries.csv"):
        here = installed(row["package"])
        if here:
            purl = f"pkg:deb/debian/{row['package']}@{here.replace('+', '%2B').replace(':', '%3A')}"
            if purl not in [component["bom-ref"] for component in components]:
                components.append({"type": "library", "bom-ref": purl, "name": row["package"], "version": here, "purl": purl, "scope": "required",
                                   "licenses": [{"license": {"name": row["licence"]}}]})
    document = {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": f"urn:uuid:{uuid.uuid4()}", "version": 1,
        "metadata": {
            "timestamp": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {"type": "application", "bom-ref": "tocsin", "name": "tocsin", "version": f"{version}+{revision[:12]}",
                          "licenses": [{"license": {"id": "Apache-2.0"}}]},
        },
        "components": components,
        # Package.swift names the direct ones; what those need is the resolver's business and is listed without its edges.
        "dependencies": [{"ref": "tocsin", "dependsOn": sorted(component["bom-ref"] for component in components if component["name"] in pins() or not component["bom-ref"].startswith("pkg:swift"))}],
    }
    text = json.dumps(document, indent=1) + "\n"
    problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if problem:
        wrong.append(f"the SBOM is not valid CycloneDX 1.6: {problem}")
    (results / "sbom.cdx.json").write_text(text)
    print(f"  {len(components)} components, CycloneDX 1.6 → {results / 'sbom.cdx.json'}")


results.mkdir(parents=True, exist_ok=True)
{"versions": check_versions, "licences": check_licences, "libraries": check_libraries, "sbom": make_sbom}[action]()
for line in wrong:
    print(f"  {line}")
sys.exit(bool(wrong))
