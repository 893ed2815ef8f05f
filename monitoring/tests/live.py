#!/usr/bin/env python3
"""Watches a running suite with the real Prometheus and Alertmanager of monitoring/, makes traffic, and looks whether everything shows.

    monitoring/tests/live.py .local/tocsin.env     the file that run-local.sh writes; METRICS_TOKEN in the environment when the suite has one

The configurations are those of monitoring/; only addresses, intervals, waiting times and paths of secrets are exchanged. The suite must have a team
"demo" (run-local.sh --demo). It takes about a minute; everything started here is stopped here. The incidents that it makes stay.
"""

import json
import os
import re
import shlex
import sys
import tempfile
import time
import traceback
import urllib.error
import urllib.request
import uuid
from pathlib import Path

from aiosmtpd.controller import Controller

import definitions
from definitions import MONITORING, PROMETHEUS
from servers import Prometheus, Server, free_port, wait_until

SCRAPE_EVERY = 2
# What Grafana's variables are here: windows that a minute of scrapes fills.
VARIABLES = {"$__rate_interval": "20s", "$__range": "2m", "$__interval": "2s", "$daemon": ".*"}
DAEMONS = {
    "alert-ingestion:8001": "ALERTS_URL", "incident-management:8002": "INCIDENTS_URL", "oncall-service:8003": "ONCALL_URL",
    "notification-service:8004": "NOTIFICATIONS_URL", "web-ui:8080": "WEB_URL",
}
# Panels whose healthy figure is 0; every other one must show something else after the traffic.
MAY_BE_ZERO = {
    "Failed requests", "Teams without a primary", "Gaps ahead", "Age of the oldest message due", "Messages due", "Audit", "Steps that wait", "Past its time",
    "Paging held, secrets unreadable", "Alerts turned away", "Snapshot held", "Oldest snapshot", "Dead rows",
}
# What may be on its way to firing while all is well: a demo simulates its channels, and that is degraded.
MAY_BE_ACTIVE = {"Watchdog", "TocsinHealthDegraded"}


class Suite:
    """The running daemons, as clients use them."""

    def __init__(self, environment: Path):
        # Values are quoted as for a shell.
        lines = (word.partition("=") for word in shlex.split(environment.read_text(), comments=True))
        self.values = {key: value for key, _, value in lines if key}

    def host(self, key: str) -> str:
        return self.values[key].removeprefix("http://")

    def call(self, method: str, base: str, path: str, body=None, key: str = "TOCSIN_TOKEN", expect: tuple[int, ...] = (200, 201, 202)):
        request = urllib.request.Request(self.values[base] + path, method=method)
        request.add_header("Authorization", f"Bearer {self.values[key]}")
        data = None
        if body is not None:
            request.add_header("Content-Type", "application/json")
            data = json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request, data=data, timeout=15) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        assert status in expect, f"{method} {path}: {status} {text[:300]!r}"
        return json.loads(text) if text[:1] in (b"{", b"[") else text

    def alert(self, service: str, severity: str, title: str) -> str:
        body = {"service": service, "severity": severity, "message": title, "labels": {"team": "demo"}}
        return self.call("POST", "ALERTS_URL", "/api/v1/alerts", body, key="TOCSIN_INGEST_KEY")["incident_id"]

    def change(self, summary: str) -> None:
        body = {"routing_key": self.values["TOCSIN_INGEST_KEY"], "payload": {"summary": summary, "source": "live test"}}
        self.call("POST", "ALERTS_URL", "/v2/change/enqueue", body)

    def sign_in(self, wrong: bool = False) -> None:
        body = {"username": self.values["ADMIN_EMAIL"], "password": self.values["ADMIN_PASSWORD"] + ("?" if wrong else "")}
        self.call("POST", "INCIDENTS_URL", "/api/v1/auth/login/access-token", body, expect=(401,) if wrong else (200,))

    def incident(self, identifier: str) -> dict:
        return self.call("GET", "INCIDENTS_URL", f"/api/v1/incidents/{identifier}", expect=(200, 404))

    def act(self, identifier: str, word: str) -> None:
        self.call("PATCH", "INCIDENTS_URL", f"/api/v1/incidents/{identifier}/{word}", {})


def traffic(suite: Suite, waves: int = 5) -> None:
    """People and machines of a bad quarter of an hour, in half a minute: alerts and repeats, pages, answers, look-ups, a browser."""
    run = uuid.uuid4().hex[:8]
    for wave in range(waves):
        service = f"live-{('shop', 'search', 'mail')[wave % 3]}"
        opened = {severity: suite.alert(service, severity, f"{run} {wave} {severity}") for severity in ("critical", "high", "medium", "low")}
        for severity in opened:
            suite.alert(service, severity, f"{run} {wave} {severity}")
        for _ in range(10):
            suite.call("GET", "ONCALL_URL", "/api/v1/oncall/current?team=demo")
            suite.call("GET", "ALERTS_URL", "/api/v1/alerts?limit=5")
            suite.call("GET", "WEB_URL", "/login")
            suite.call("GET", "INCIDENTS_URL", "/api/v1/incidents?limit=5")
        suite.call("POST", "ONCALL_URL", "/api/v1/escalate", {"team": "demo", "incident_id": opened["high"], "reason": "live test"})
        # As somebody who looks at the medium one and finds it worse; a level that was paged a moment ago is refused.
        suite.call("POST", "INCIDENTS_URL", f"/api/v1/incidents/{opened['medium']}/escalate", {}, expect=(200, 201, 202, 409))
        suite.sign_in(wrong=wave == 0)
        suite.change(f"{service} {run}.{wave} deployed")
        for identifier in opened.values():
            wait_until("the page is sent", lambda: suite.incident(identifier).get("notification_status") == "sent")
        suite.act(opened["critical"], "acknowledge")
        suite.act(opened["high"], "acknowledge")
        suite.act(opened["medium"], "investigate")
        if wave < waves - 1:
            suite.act(opened["critical"], "resolve")
            suite.act(opened["low"], "resolve")
        time.sleep(1.5)


class Mailbox:
    """A mail server that keeps what it gets."""

    def __init__(self):
        self.messages: list[str] = []
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    async def handle_DATA(self, server, session, envelope):
        self.messages.append(envelope.content.decode())
        return "250 OK"

    def has(self, *words: str) -> bool:
        return any(all(word in message for word in words) for message in self.messages)

    def close(self) -> None:
        self._controller.stop()


def alertmanager(folder: Path, suite: Suite, mailbox: Mailbox, alerts: str) -> tuple[Server, str]:
    """The Alertmanager of monitoring/, told where everything is here."""
    folder.mkdir()
    (folder / "key").write_text(suite.values["TOCSIN_INGEST_KEY"])
    text = (MONITORING / "alertmanager/alertmanager.yml").read_text()
    text = text.replace("http://alert-ingestion:8001", alerts).replace("/run/secrets/tocsin_ingest_key", str(folder / "key"))
    text = text.replace("mail.example.org:587", f"127.0.0.1:{mailbox.port}").replace("smtp_require_tls: true", "smtp_require_tls: false")
    text = re.sub(r"^ *smtp_auth_.*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"(group_wait|group_interval): \w+", r"\1: 1s", text)
    (folder / "alertmanager.yml").write_text(text)
    url = f"http://127.0.0.1:{free_port()}"
    command = [
        "prometheus-alertmanager", f"--config.file={folder}/alertmanager.yml", f"--storage.path={folder}/data",
        f"--web.listen-address={url.removeprefix('http://')}", "--cluster.listen-address=", "--log.level=warn",
    ]
    return Server(command, folder, url + "/-/ready"), url


def fire(url: str, job: str, resolved: bool = False) -> None:
    """Tells Alertmanager what Prometheus would say about a dead daemon."""
    rule = next(rule for rule in definitions.alerts() if rule["alert"] == "TocsinDaemonDown")
    labels = {"alertname": rule["alert"], "job": job, "instance": f"{job}:80", **rule["labels"]}
    notes = {key: re.sub(r"\{\{[^}]*\}\}", job, value) for key, value in rule["annotations"].items()}
    alert = {"labels": labels, "annotations": notes}
    if resolved:
        alert["endsAt"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    request = urllib.request.Request(url + "/api/v2/alerts", data=json.dumps([alert]).encode(), headers={"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=10).close()


def configuration(folder: Path, suite: Suite, own: int, alertmanager_url: str) -> str:
    """prometheus.yml with this machine's addresses and a short interval, its rules beside it."""
    (folder / "metrics_token").write_text(os.environ.get("METRICS_TOKEN", "none"))
    (folder / "rules").mkdir()
    for file in (PROMETHEUS / "rules").glob("*.yml"):
        (folder / "rules" / file.name).write_text(re.sub(r"^( +)interval: \w+", rf"\1interval: {SCRAPE_EVERY}s", file.read_text(), flags=re.MULTILINE))
    text = (PROMETHEUS / "prometheus.yml").read_text()
    for target, key in DAEMONS.items():
        assert target in text, f"{target} is not scraped"
        text = text.replace(target, suite.host(key))
    text = text.replace("localhost:9090", f"127.0.0.1:{own}").replace("alertmanager:9093", alertmanager_url.removeprefix("http://"))
    text = text.replace("/run/secrets/metrics_token", str(folder / "metrics_token")).replace("rules/*.yml", f"{folder}/rules/*.yml")
    text = re.sub(r"(scrape_interval|evaluation_interval): \w+", rf"\1: {SCRAPE_EVERY}s", text)
    return re.sub(r"scrape_timeout: \w+", f"scrape_timeout: {SCRAPE_EVERY}s", text)


class Report:
    """Checks that go on after a failure, so that one run tells everything."""

    def __init__(self):
        self.passed = 0
        self.failed: list[str] = []

    def check(self, name: str, function) -> None:
        try:
            function()
        except AssertionError as fault:
            self.failed.append(name)
            print(f"  ✗ {name}: {fault}")
        except Exception:
            self.failed.append(name)
            print(f"  ✗ {name}: {traceback.format_exc(limit=3)}")
        else:
            self.passed += 1

    def section(self, title: str) -> None:
        print(title, flush=True)

    def close(self) -> int:
        print(f"{self.passed} passed, {len(self.failed)} failed")
        return 1 if self.failed else 0


class Watch:
    """What must hold of everything that is defined, once the traffic has been seen."""

    def __init__(self, prometheus: Prometheus, began: float):
        self.prometheus = prometheus
        self.began = began

    def panel(self, panel: dict) -> None:
        shown: list[float] = []
        for target in panel["targets"]:
            expression = definitions.Expression(panel["title"], target["expr"]).filled(VARIABLES)
            if target["instant"]:
                values = [value for _, value in self.prometheus.values(expression)]
            else:
                values = [value for _, points in self.prometheus.points(expression, int(time.time() - self.began)) for value in points]
            assert values, f"no data: {expression}"
            shown += values
        assert panel["title"] in MAY_BE_ZERO or any(shown), "only zeros after traffic"

    def recording(self, rule: dict) -> None:
        assert self.prometheus.values(rule["record"]), "no data"

    def selector(self, selector: definitions.Selector) -> None:
        """The metric, the labels and the words that an expression names are there."""
        series = self.prometheus.ask("series", **{"match[]": selector.metric, "start": self.began - 60})
        assert series, "no daemon exposes it"
        for label in selector.labels - {"alertname", "alertstate"}:
            assert any(label in one for one in series), f"has no label {label}"
        for label, word in selector.words - {("alertname", "Tocsin")}:
            if label == "alertstate":
                continue
            assert any(one.get(label) == word for one in series), f"{label} is never {word}"

    def grouping(self, expression: definitions.Expression) -> None:
        """The labels by which an expression sums are labels of one of its metrics."""
        metrics = {selector.metric for selector in definitions.selectors(expression.filled())} - definitions.OWN_METRICS
        wanted = {label.strip() for group in re.findall(r"\bby \(([^)]*)\)", expression.text) for label in group.split(",")}
        if not metrics:
            return
        known: set[str] = set()
        for metric in metrics:
            for one in self.prometheus.ask("series", **{"match[]": metric, "start": self.began - 60}):
                known |= set(one)
        assert wanted <= known, f"no metric of it has a label {sorted(wanted - known)}"

    def rules_are_well(self) -> None:
        groups = self.prometheus.ask("rules")["groups"]
        broken = [f"{rule['name']}: {rule.get('lastError')}" for group in groups for rule in group["rules"] if rule["health"] != "ok"]
        assert not broken, broken
        assert sum(len(group["rules"]) for group in groups) == len(definitions.rules()), "not all rules are loaded"

    def nothing_is_wrong(self) -> None:
        active = {alert["labels"]["alertname"] for alert in self.prometheus.ask("alerts")["alerts"]}
        assert active <= MAY_BE_ACTIVE, f"a healthy suite raises {sorted(active - MAY_BE_ACTIVE)}"
        assert "Watchdog" in active, "the Watchdog is silent"


def look(report: Report, watch: Watch) -> None:
    for file, dashboard in definitions.dashboards().items():
        report.section(f"Panels of {file}")
        for panel in definitions.panels(dashboard):
            report.check(f"{file}: {panel['title']}", lambda: watch.panel(panel))
    report.section("Recorded figures")
    for rule in definitions.recordings():
        report.check(rule["record"], lambda: watch.recording(rule))
    report.section("Metrics, labels and words that expressions name")
    named = {selector for expression in definitions.expressions() for selector in definitions.selectors(expression.filled())}
    for selector in sorted(named, key=lambda one: (one.metric, sorted(one.words))):
        report.check(f"{selector.metric} {dict(sorted(selector.words)) or ''}", lambda: watch.selector(selector))
    for expression in definitions.expressions():
        report.check(f"labels of {expression.place}", lambda: watch.grouping(expression))
    report.section("Rules")
    report.check("every rule is loaded and evaluates", watch.rules_are_well)
    report.check("a healthy suite raises no alert", watch.nothing_is_wrong)


def tell(report: Report, folder: Path, suite: Suite, mailbox: Mailbox, url: str) -> None:
    """The two ways of an alert about Tocsin, and the one that is left when Tocsin is dead."""
    report.section("Alertmanager")
    job = f"live-{uuid.uuid4().hex[:6]}"
    report.check("the Watchdog's mail came, from Prometheus through Alertmanager", lambda: wait_until("its mail", lambda: mailbox.has("Watchdog")))

    def incidents() -> list[dict]:
        found = suite.call("GET", "INCIDENTS_URL", "/api/v1/incidents?service=tocsin&limit=50")
        return [one for one in found if job in json.dumps(one)]

    fire(url, job)
    report.check("an alert on Tocsin comes by mail", lambda: wait_until("its mail", lambda: mailbox.has("TocsinDaemonDown", job)))
    report.check("and is an incident in Tocsin", lambda: wait_until("its incident", incidents))
    report.check("critical, as the rule says", lambda: _equal(incidents()[0]["severity"], "critical"))
    fire(url, job, resolved=True)
    report.check("and resolves with its alert", lambda: wait_until("resolved", lambda: incidents()[0]["status"] == "resolved"))

    dead, url = alertmanager(folder / "alertmanager-alone", suite, mailbox, f"http://127.0.0.1:{free_port()}")
    try:
        other = f"dead-{uuid.uuid4().hex[:6]}"
        fire(url, other)
        report.check("with Tocsin dead the mail still comes", lambda: wait_until("its mail", lambda: mailbox.has("TocsinDaemonDown", other)))
    finally:
        dead.stop()


def _equal(one, other) -> None:
    assert one == other, f"{one!r} is not {other!r}"


def main(environment: Path) -> int:
    suite = Suite(environment)
    report = Report()
    mailbox = Mailbox()
    own = free_port()
    with tempfile.TemporaryDirectory(prefix="tocsin-live.") as name:
        folder = Path(name)
        manager, url = alertmanager(folder / "alertmanager", suite, mailbox, suite.values["ALERTS_URL"])
        try:
            with Prometheus(configuration(folder, suite, own, url), own) as prometheus:
                began = time.time()
                daemons = len(DAEMONS) + 2
                wait_until("all targets answer", lambda: len([one for one in prometheus.values("up") if one[1] == 1]) == daemons)
                # A counter's first value is no increase: three scrapes of quiet come first.
                time.sleep(3 * SCRAPE_EVERY)
                report.section("Traffic")
                report.check("alerts, pages, answers, look-ups", lambda: traffic(suite))
                time.sleep(4 * SCRAPE_EVERY)
                look(report, Watch(prometheus, began))
                tell(report, folder, suite, mailbox, url)
        finally:
            manager.stop()
            mailbox.close()
    return report.close()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
