"""Reads container files the way an attacker would: ci/audit.py <folder>. Prints what is wrong, and fails when anything is.

Looks at docker-compose.yml and at every Dockerfile below ci/.
"""

import pathlib
import re
import shlex
import sys

import yaml

root = pathlib.Path(sys.argv[1])
wrong = []
SECRET = re.compile(r"(SECRET|PASSWORD|TOKEN|PEPPER|API_KEY|INGEST_KEY|PRIVATE)", re.I)
# ${NAME:?…} and ${NAME:-}: from outside, or nothing. $$NAME is the container's own shell.
FROM_OUTSIDE = re.compile(r"\$\{[A-Z_]+:\?[^}]*\}|\$\{[A-Z_]+:-\}|\$\$\{?[A-Z_]+\}?")
DATABASES = re.compile(r"\b(postgres|redis|mysql|mariadb|mongo|memcached|valkey)\b")


def report(where, what):
    wrong.append(f"{where}: {what}")


def default(text):
    """What `${NAME:-default}` gives when nothing is set."""
    return re.sub(r"\$\{[A-Z_]+:?-([^}]*)\}", r"\1", str(text))


def is_root(user):
    """Names can mean anything in an image; a number cannot."""
    return re.fullmatch(r"[1-9]\d*(:\d+)?", default(user)) is None


def check_image(where, image):
    name = default(image)
    if "@sha256:" in name:
        return
    tag = name.rsplit("/", 1)[-1].partition(":")[2]
    if not tag or tag == "latest":
        report(where, f"image {name} has no version")


# ── Compose ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
def environment(service):
    given = service.get("environment") or {}
    if isinstance(given, list):
        given = dict(item.partition("=")[::2] for item in given)
    return {key: "" if value is None else str(value) for key, value in given.items()}


def check_ports(where, service):
    for port in service.get("ports") or []:
        if isinstance(port, dict):
            address = str(port.get("host_ip") or "")
        else:
            parts = default(port).rsplit(":", 2)
            address = parts[0] if len(parts) == 3 else ""
        if DATABASES.search(default(service.get("image", ""))) or DATABASES.search(where):
            report(where, f"publishes a database port: {port}")
        elif default(address) in ("", "0.0.0.0", "::", "[::]"):
            report(where, f"publishes {port} on every address; name one, by default 127.0.0.1")


def check_service(name, service, networks):
    where = f"docker-compose.yml: {name}"
    if "image" in service:
        check_image(where, service["image"])
    elif "build" not in service:
        report(where, "has neither image nor build")
    if "user" not in service or is_root(service["user"]):
        report(where, "does not run as a numeric user other than root")
    if "ALL" not in (service.get("cap_drop") or []):
        report(where, "keeps capabilities: cap_drop has no ALL")
    if service.get("cap_add"):
        report(where, f"takes capabilities: {service['cap_add']}")
    if not any(str(option).replace("=", ":") in ("no-new-privileges", "no-new-privileges:true") for option in service.get("security_opt") or []):
        report(where, "may gain privileges: security_opt has no no-new-privileges:true")
    if any("unconfined" in str(option) for option in service.get("security_opt") or []):
        report(where, "turns a security profile off")
    if service.get("read_only") is not True:
        report(where, "has a writable root")
    if service.get("privileged"):
        report(where, "is privileged")
    for key in ("network_mode", "pid", "ipc", "userns_mode"):
        if str(service.get(key, "")).startswith("host"):
            report(where, f"shares the host's {key}")
    limits = ((service.get("deploy") or {}).get("resources") or {}).get("limits") or {}
    for limit in ("memory", "cpus", "pids"):
        if limit not in limits:
            report(where, f"has no limit for {limit}")
    once = service.get("restart") in ("no", False, "on-failure")
    if not once and "healthcheck" not in service and "build" not in service:
        report(where, "has no healthcheck")
    if "restart" not in service:
        report(where, "does not say what happens when it ends: restart")
    if "env_file" in service:
        report(where, "hands a whole file of secrets to one service: env_file")
    for key, value in environment(service).items():
        rest = FROM_OUTSIDE.sub("", value)
        if SECRET.search(key) and not key.endswith("_FILE") and rest.strip():
            report(where, f"has a literal or optional secret in {key}")
        if re.search(r"://[^/@\s]*:[^/@\s$]+@", rest):
            report(where, f"has a password in {key}")
    for volume in service.get("volumes") or []:
        text = volume if isinstance(volume, str) else f"{volume.get('source', '')}:{volume.get('target', '')}:{'ro' if volume.get('read_only') else ''}"
        if "docker.sock" in text:
            report(where, "can command the container engine")
        if text.startswith((".", "/", "~")) and not text.endswith(":ro"):
            report(where, f"can write to the host: {text}")
    for needed, how in (service.get("depends_on") or {}).items() if isinstance(service.get("depends_on"), dict) else []:
        if how.get("condition") not in ("service_healthy", "service_completed_successfully"):
            report(where, f"does not wait until {needed} is healthy")
    if isinstance(service.get("depends_on"), list):
        report(where, "waits for processes, not for health: depends_on is a list")
    check_ports(where, service)
    if DATABASES.search(name):
        for network in service.get("networks") or ["default"]:
            if not (networks.get(network) or {}).get("internal"):
                report(where, f"is on the network {network}, which reaches outside")


def check_compose(file):
    text = yaml.safe_load(file.read_text())
    for name, service in (text.get("services") or {}).items():
        check_service(name, service, text.get("networks") or {})
    example = (root / ".env.example").read_text()
    for name in sorted(set(re.findall(r"\$\{([A-Z_]+)", file.read_text()))):
        if not re.search(rf"(?m)^#? ?{name}=", example):
            report(file.name, f"takes {name}, of which .env.example says nothing")
    wanted = {"alert-ingestion", "incident-management", "oncall-service", "notification-service", "web-ui", "postgres", "redis"}
    for name in sorted(wanted - set(text.get("services") or {})):
        report(file.name, f"has no service {name}")


# ── Dockerfile ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
def instructions(file):
    text = re.sub(r"\\\n", " ", re.sub(r"(?m)^\s*#.*\n", "", file.read_text()))
    for line in text.splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            yield word.upper(), rest.strip()


def check_dockerfile(file):
    where = str(file.relative_to(root))
    stages, arguments, stage = {}, {}, None
    for word, rest in instructions(file):
        if word == "ARG":
            name, _, value = rest.partition("=")
            arguments[name] = value
            if SECRET.search(name):
                report(where, f"takes a secret as an argument, which its history keeps: {name}")
        elif word == "FROM":
            image, _, alias = [part for part in rest.split() if not part.startswith("--")][0], None, None
            found = re.search(r"(?i)\sas\s+(\S+)", rest)
            alias = found[1] if found else str(len(stages))
            base = stages.get(image)
            if base is None and image != "scratch":
                if not re.fullmatch(r"\$\{?\w+\}?", image):
                    report(where, f"names its base image {image} itself: make it an ARG, so that a digest can be given")
                check_image(where, arguments.get(image.strip("${}"), image))
            stage = dict(base or {"user": None, "health": None, "entry": None, "packages": ""})
            # What starts and what is asked are said by each target for itself.
            stage["entry"] = stage["health"] = None
            stages[alias] = stage
        elif stage is None:
            continue
        elif word == "USER":
            stage["user"] = rest
        elif word == "HEALTHCHECK":
            stage["health"] = rest
        elif word in ("ENTRYPOINT", "CMD"):
            stage["entry"] = rest
        elif word == "RUN":
            stage["packages"] += " " + rest
            if "apt-get install" in rest and "--no-install-recommends" not in rest:
                report(where, "installs what is only recommended")
            if re.search(r"(curl|wget)[^|;&]*\|\s*(ba)?sh", rest):
                report(where, "runs what it downloads")
        elif word == "ADD":
            report(where, "uses ADD, which downloads and unpacks: COPY says what it does")
        elif word == "COPY" and re.match(r"(--\S+\s+)*\.\s", rest) and not (root / ".dockerignore").exists():
            report(where, "copies everything, and no .dockerignore says what that is")
        elif word == "ENV":
            for pair in shlex.split(rest):
                name, _, value = pair.partition("=")
                if SECRET.search(name) and value and not name.endswith("_FILE"):
                    report(where, f"bakes a secret into the image: {name}")
    for name, stage in stages.items():
        if not stage["entry"]:
            continue
        target = f"{where}: {name}"
        if not stage["user"] or is_root(stage["user"]):
            report(target, "does not run as a numeric user other than root")
        if not stage["entry"].startswith("["):
            report(target, "needs a shell to start: write ENTRYPOINT as a list")
        for package in ("ca-certificates", "tzdata"):
            if package not in stage["packages"]:
                report(target, f"has no {package}")
        # Programs that a person runs, and that end.
        if name in ("tocsin", "tools"):
            continue
        health = re.search(r"CMD\s+(.*)", stage["health"] or "")
        if not health:
            report(target, "has no HEALTHCHECK")
        elif not health[1].startswith("[") or re.search(r'"(/bin/)?(ba|da)?sh"|curl|wget', health[1]):
            report(target, "needs a shell or a second program for its HEALTHCHECK")


# A folder that the manifest names and the image build does not get would be missed in the image only. What it names for benchmarks (ci/bench) is
# left out of the manifest unless TOCSIN_BENCH is set, which no image build does.
named = {"Package.swift"} | {path.split("/")[0] for path in re.findall(r'path: "([^"\\]+)', (root / "Package.swift").read_text()) if not path.startswith("ci/bench/")}
for name in sorted(named):
    for file in (".dockerignore", "ci/containers/programs.sh"):
        if not re.search(rf"(^!|[{{,]){re.escape(name)}(?=$|[,}}])", (root / file).read_text(), re.M):
            report(file, f"leaves out {name}, which Package.swift needs")

compose = root / "docker-compose.yml"
files = sorted(file for file in (root / "ci").rglob("*Dockerfile*") if file.suffix != ".dockerignore")
if not compose.exists() or not files:
    sys.exit("audit: docker-compose.yml or the Dockerfile is missing")
check_compose(compose)
# pg_dump refuses a server that is newer than itself, so the tools are of the server's image.
server = default(yaml.safe_load(compose.read_text())["services"].get("postgres", {}).get("image", ""))
for file in files:
    tools = re.search(r"(?m)^ARG POSTGRES_IMAGE=(\S+)$", file.read_text())
    if tools and tools[1] != server:
        report(str(file.relative_to(root)), f"makes the tools of {tools[1]}, and the server is {server}")
for file in files:
    check_dockerfile(file)
for line in wrong:
    print(f"  {line}")
sys.exit(bool(wrong))
