"""The rules: parsed by a real Prometheus, documented, tested both ways, and on metrics that exist."""

import re
import unittest

import definitions
from definitions import PROMETHEUS, ROOT
from servers import Prometheus

SEVERITIES = {"critical", "high", "medium", "low"}


def sources() -> str:
    """The Swift code of the daemons and libraries."""
    return "\n".join(path.read_text() for folder in ("Services", "Shared") for path in sorted((ROOT / folder).rglob("*.swift")))


def anchors() -> set[str]:
    """The anchors that Markdown viewers give the runbook's headings of the second level."""
    headings = re.findall(r"^## (.+)$", (ROOT / "docs/runbook.md").read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


class Expressions(unittest.TestCase):
    def test_prometheus_reads_every_expression(self):
        expressions = definitions.expressions()
        self.assertGreater(len(expressions), 80)
        with Prometheus() as prometheus:
            for expression in expressions:
                with self.subTest(expression.place):
                    try:
                        prometheus.parse(expression.filled())
                    except ValueError as fault:
                        self.fail(f"{fault}\n{expression.text}")

    def test_every_metric_is_made_by_a_daemon(self):
        code = sources()
        recorded = {rule["record"] for rule in definitions.recordings()}

        def is_made(metric: str) -> bool:
            if metric in recorded | definitions.OWN_METRICS:
                return True
            names = [metric, *(metric.removesuffix(suffix) for suffix in ("_bucket", "_sum", "_count"))]
            return any(f'"{name}"' in code for name in names)

        for expression in definitions.expressions():
            for selector in definitions.selectors(expression.filled()):
                with self.subTest(expression.place, metric=selector.metric):
                    self.assertTrue(is_made(selector.metric), f"no daemon exposes {selector.metric}")

    def test_every_recorded_figure_is_read(self):
        read = {selector.metric for expression in definitions.expressions() for selector in definitions.selectors(expression.filled())}
        for rule in definitions.recordings():
            with self.subTest(rule["record"]):
                self.assertRegex(rule["record"], r"^\w+:\w+:\w+$")
                self.assertIn(rule["record"], read)


class Alerts(unittest.TestCase):
    def test_each_says_what_it_is_and_what_to_do(self):
        known = anchors()
        for rule in definitions.alerts():
            with self.subTest(rule["alert"]):
                notes = rule["annotations"]
                self.assertEqual(set(notes), {"summary", "description", "runbook_url"})
                self.assertGreater(len(notes["summary"]), 10)
                self.assertGreater(len(notes["description"]), 20)
                self.assertEqual(notes["runbook_url"], f"docs/runbook.md#{rule['alert'].lower()}")
                self.assertIn(notes["runbook_url"].partition("#")[2], known)
                self.assertIn(rule["labels"]["severity"], SEVERITIES)
                # The route to the independent receiver depends on it.
                self.assertEqual(rule["labels"]["service"], "tocsin")

    def test_the_runbook_has_no_section_too_many(self):
        self.assertEqual(anchors(), {rule["alert"].lower() for rule in definitions.alerts()})

    def test_each_section_of_the_runbook_answers_four_questions(self):
        sections = re.split(r"^## ", (ROOT / "docs/runbook.md").read_text(), flags=re.MULTILINE)[1:]
        for section in sections:
            with self.subTest(section.splitlines()[0]):
                for question in ("**Means:**", "**First look", "**Over when:**"):
                    self.assertIn(question, section)
                self.assertRegex(section, r"\*\*Do:\*\*|what to do:\*\*")

    def test_links_within_the_runbook_lead_somewhere(self):
        links = re.findall(r"\]\(#([\w-]+)\)", (ROOT / "docs/runbook.md").read_text())
        self.assertLessEqual(set(links), anchors())

    def test_each_is_tested_firing_and_silent(self):
        fires, is_silent = set(), set()
        for file in sorted((PROMETHEUS / "tests").glob("*.yml")):
            for case in definitions.text(file)["tests"]:
                for check in case.get("alert_rule_test", []):
                    (fires if check["exp_alerts"] else is_silent).add(check["alertname"])
        for rule in definitions.alerts():
            with self.subTest(rule["alert"]):
                self.assertIn(rule["alert"], fires)
                # The Watchdog is never silent: that is its work.
                if rule["alert"] != "Watchdog":
                    self.assertIn(rule["alert"], is_silent)

    def test_every_recorded_figure_is_tested(self):
        cases = [case for file in (PROMETHEUS / "tests").glob("*.yml") for case in definitions.text(file)["tests"]]
        tested = [check["expr"] for case in cases for check in case.get("promql_expr_test", [])]
        tested += [rule["expr"] for rule in definitions.alerts()]
        names = {selector.metric for expression in tested for selector in definitions.selectors(expression)}
        # A figure that another one is made of is tested with it.
        for rule in reversed(definitions.recordings()):
            if rule["record"] in names:
                names |= {selector.metric for selector in definitions.selectors(rule["expr"])}
        self.assertEqual({rule["record"] for rule in definitions.recordings()} - names, set())


class Scraping(unittest.TestCase):
    def test_all_five_daemons_are_asked(self):
        scrape = definitions.text(PROMETHEUS / "prometheus.yml")["scrape_configs"][0]
        targets = {target["labels"]["job"]: target["targets"] for target in scrape["static_configs"]}
        self.assertEqual(
            targets,
            {
                "alert-ingestion": ["alert-ingestion:8001"],
                "incident-management": ["incident-management:8002"],
                "oncall-service": ["oncall-service:8003"],
                "notification-service": ["notification-service:8004"],
                "web-ui": ["web-ui:8080"],
            },
        )
        self.assertEqual(scrape["authorization"], {"type": "Bearer", "credentials_file": "/run/secrets/metrics_token"})
        self.assertEqual(definitions.text(PROMETHEUS / "prometheus.yml")["global"]["scrape_interval"], "15s")


class Routing(unittest.TestCase):
    """What the file promises; where alerts really go is tried with amtool in ci/monitoring.sh and with real mail in live.py."""

    def test_tocsin_is_asked_with_a_key_from_a_file(self):
        receivers = {one["name"]: one for one in definitions.text(definitions.MONITORING / "alertmanager/alertmanager.yml")["receivers"]}
        hook = receivers["tocsin"]["webhook_configs"][0]
        self.assertTrue(hook["url"].endswith("/api/v1/alerts"))
        self.assertTrue(hook["send_resolved"])
        self.assertEqual(set(hook["http_config"]["authorization"]), {"type", "credentials_file"})

    def test_the_independent_route_needs_no_part_of_tocsin(self):
        receivers = {one["name"]: one for one in definitions.text(definitions.MONITORING / "alertmanager/alertmanager.yml")["receivers"]}
        self.assertEqual(set(receivers["independent"]), {"name", "email_configs"})


if __name__ == "__main__":
    unittest.main()
