"""The dashboards: typed by Grafana's own models, provisioned, laid out without overlaps, and explained."""

import itertools
import json
import unittest

import grafana_foundation_sdk.cog.plugins as plugins
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard, RowPanel

import definitions
from definitions import GRAFANA

# What the models do not know and Grafana does: the texts of an annotation made from a Prometheus query.
UNTYPED = {"titleFormat", "textFormat"}
COLUMNS = 24
# Panels that each dashboard promises, by title: their type.
PROMISED = {
    "incident-overview.json": {
        "Open incidents": "stat", "MTTA": "gauge", "MTTR": "gauge", "Alerts over time": "timeseries", "Incidents by severity": "bargauge",
        "Incidents by status": "piechart", "Request rate": "timeseries",
    },
    "sre-performance.json": {
        "MTTA trend": "timeseries", "MTTR trend": "timeseries", "Volume by service": "bargauge", "Request latency": "timeseries",
        "Escalations by team": "timeseries", "Notifications": "timeseries", "On-call look-ups by team": "timeseries", "Uptime": "stat",
    },
}


def lost(given, kept, path=""):
    """What of `given` is missing or different in `kept`."""
    if isinstance(given, dict) and isinstance(kept, dict):
        for key, value in given.items():
            if key in kept:
                yield from lost(value, kept[key], f"{path}.{key}")
            elif key not in UNTYPED:
                yield f"{path}.{key}"
    elif isinstance(given, list) and isinstance(kept, list) and len(given) == len(kept):
        for index, value in enumerate(given):
            yield from lost(value, kept[index], f"{path}[{index}]")
    elif given != kept:
        yield f"{path}: {given!r} became {kept!r}"


class Dashboards(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        plugins.register_default_plugins()
        cls.dashboards = definitions.dashboards()

    def each(self, check):
        for file, dashboard in self.dashboards.items():
            with self.subTest(file):
                check(file, dashboard)

    def each_panel(self, check):
        for file, dashboard in self.dashboards.items():
            for panel in definitions.panels(dashboard):
                with self.subTest(file, panel=panel["title"]):
                    check(panel)

    def test_there_are_the_two(self):
        self.assertEqual(set(self.dashboards), set(PROMISED))
        self.assertEqual({one["uid"] for one in self.dashboards.values()}, {"tocsin-incidents", "tocsin-sre"})
        self.assertEqual({one["title"] for one in self.dashboards.values()}, {"Incident Overview", "SRE Performance"})

    def test_grafanas_models_take_them_and_lose_nothing(self):
        def check(_, dashboard):
            typed = Dashboard.from_json(dashboard)
            # A field that is misspelt, or that this kind of panel does not have, is not in what the models write.
            self.assertEqual(list(lost(dashboard, json.loads(JSONEncoder().encode(typed)))), [])
            for panel in typed.panels:
                if not isinstance(panel, RowPanel):
                    self.assertFalse(isinstance(panel.options, dict), f"no model for a panel of type {panel.type_val}")
                    for target in panel.targets:
                        self.assertEqual(type(target).__module__, "grafana_foundation_sdk.models.prometheus")

        self.each(check)

    def test_the_promised_panels_are_there(self):
        def check(file, dashboard):
            types = {panel["title"]: panel["type"] for panel in definitions.panels(dashboard)}
            self.assertEqual({**types, **PROMISED[file]}, types)

        self.each(check)

    def test_nothing_overlaps_and_everything_is_on_the_grid(self):
        def check(_, dashboard):
            places = [(panel["title"], panel["gridPos"]) for panel in dashboard["panels"]]
            for title, place in places:
                self.assertTrue(place["x"] >= 0 and place["y"] >= 0 and place["w"] > 0 and place["h"] > 0, title)
                self.assertLessEqual(place["x"] + place["w"], COLUMNS, title)
            for (one, a), (other, b) in itertools.combinations(places, 2):
                apart = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"] or a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]
                self.assertTrue(apart, f"{one} and {other} overlap")

        self.each(check)

    def test_ids_and_titles_are_unique(self):
        def check(_, dashboard):
            for key in ("id", "title"):
                values = [panel[key] for panel in dashboard["panels"]]
                self.assertEqual(len(values), len(set(values)), key)

        self.each(check)

    def test_every_panel_has_a_unit_and_says_what_it_shows(self):
        def check(panel):
            self.assertTrue(panel["fieldConfig"]["defaults"].get("unit"))
            self.assertGreater(len(panel.get("description", "")), 20)
            self.assertTrue(panel["description"].endswith("."))

        self.each_panel(check)

    def test_every_panel_asks_the_chosen_data_source(self):
        chosen = {"type": "prometheus", "uid": "${DS_PROMETHEUS}"}
        def check(panel):
            self.assertEqual(panel["datasource"], chosen)
            self.assertTrue(panel["targets"])
            for target in panel["targets"]:
                self.assertEqual(target["datasource"], chosen)
                self.assertTrue(target["instant"] != target["range"])

        self.each_panel(check)

    def test_windows_follow_the_range_and_the_scrape_interval(self):
        # A fixed window in a graph shows nothing or hides everything when somebody looks at a week; recorded figures have theirs.
        def check(panel):
            for target in panel["targets"]:
                self.assertNotRegex(target["expr"], r"\[\d+[smhdw]\]")

        self.each_panel(check)

    def test_they_cannot_be_edited_away(self):
        def check(_, dashboard):
            self.assertIs(dashboard["editable"], False)
            self.assertNotIn("__inputs", dashboard)
            self.assertIsNone(dashboard.get("id"))

        self.each(check)


class Provisioning(unittest.TestCase):
    def test_the_variable_names_the_provisioned_source(self):
        source = definitions.text(GRAFANA / "provisioning/datasources/prometheus.yml")["datasources"][0]
        self.assertEqual((source["uid"], source["type"]), ("prometheus", "prometheus"))
        interval = definitions.text(definitions.PROMETHEUS / "prometheus.yml")["global"]["scrape_interval"]
        self.assertEqual(source["jsonData"]["timeInterval"], interval)
        for file, dashboard in definitions.dashboards().items():
            with self.subTest(file):
                variable = next(one for one in dashboard["templating"]["list"] if one["name"] == "DS_PROMETHEUS")
                self.assertEqual((variable["type"], variable["query"]), ("datasource", source["type"]))
                self.assertEqual(variable["current"]["value"], source["uid"])

    def test_the_provider_reads_a_folder_of_dashboards_only(self):
        provider = definitions.text(GRAFANA / "provisioning/dashboards/tocsin.yml")["providers"][0]
        self.assertEqual(provider["type"], "file")
        self.assertFalse(provider["allowUiUpdates"])
        self.assertNotIn("provisioning", provider["options"]["path"])


if __name__ == "__main__":
    unittest.main()
