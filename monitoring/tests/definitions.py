"""What monitoring/ defines: rules, dashboards, and the expressions in them."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import promql_parser
import yaml

ROOT = Path(__file__).resolve().parents[2]
MONITORING = ROOT / "monitoring"
PROMETHEUS = MONITORING / "prometheus"
GRAFANA = MONITORING / "grafana"

# What Grafana puts in place of its variables before it asks Prometheus.
VARIABLES = {"$__rate_interval": "5m", "$__range": "1h", "$__interval": "15s", "$daemon": ".*"}

# Made by Prometheus itself, not by a daemon.
OWN_METRICS = {"up", "ALERTS"}


def text(path: Path):
    return yaml.safe_load(path.read_text())


def dashboards() -> dict[str, dict]:
    """By file name."""
    return {path.name: json.loads(path.read_text()) for path in sorted((GRAFANA / "dashboards").glob("*.json"))}


def panels(dashboard: dict) -> list[dict]:
    """The panels that show something; rows are headings."""
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def rules() -> list[dict]:
    return [
        rule
        for path in sorted((PROMETHEUS / "rules").glob("*.yml"))
        for group in text(path)["groups"]
        for rule in group["rules"]
    ]


def alerts() -> list[dict]:
    return [rule for rule in rules() if "alert" in rule]


def recordings() -> list[dict]:
    return [rule for rule in rules() if "record" in rule]


@dataclass(frozen=True)
class Expression:
    place: str
    text: str

    def filled(self, variables: dict[str, str] = VARIABLES) -> str:
        """As Grafana would send it."""
        filled = self.text
        for name, value in variables.items():
            filled = filled.replace(name, value)
        return filled


def expressions() -> list[Expression]:
    found = [Expression(f"rule {rule.get('alert') or rule['record']}", rule["expr"]) for rule in rules()]
    for file, dashboard in dashboards().items():
        for panel in panels(dashboard):
            found += [Expression(f"{file}: {panel['title']}", target["expr"]) for target in panel["targets"]]
        found += [
            Expression(f"{file}: annotation {annotation['name']}", annotation["expr"])
            for annotation in dashboard["annotations"]["list"]
        ]
        for variable in dashboard["templating"]["list"]:
            if variable["type"] == "query":
                metric = re.fullmatch(r"label_values\((\w+), (\w+)\)", variable["query"]["query"])
                found.append(Expression(f"{file}: variable {variable['name']}", f"count by ({metric[2]}) ({metric[1]})"))
    return found


@dataclass(frozen=True)
class Selector:
    """A metric as an expression names it, with the labels it compares and, of those compared with fixed words, the words."""

    metric: str
    labels: frozenset[str]
    words: frozenset[tuple[str, str]]


def selectors(expression: str) -> list[Selector]:
    found: list[Selector] = []
    _walk(promql_parser.parse(expression), found)
    return found


def _walk(node, found: list[Selector]) -> None:
    match node:
        case promql_parser.VectorSelector():
            found.append(_selector(node))
        case promql_parser.MatrixSelector():
            _walk(node.vector_selector, found)
        case promql_parser.BinaryExpr():
            _walk(node.lhs, found)
            _walk(node.rhs, found)
        case promql_parser.Call():
            for argument in node.args:
                _walk(argument, found)
        case promql_parser.AggregateExpr():
            _walk(node.expr, found)
        case promql_parser.ParenExpr() | promql_parser.UnaryExpr() | promql_parser.SubqueryExpr():
            _walk(node.expr, found)
        case promql_parser.NumberLiteral() | promql_parser.StringLiteral():
            pass
        case _:
            raise TypeError(f"unknown node {type(node)} in an expression")


def _selector(node) -> Selector:
    words = set()
    labels = set()
    for matcher in node.matchers.matchers:
        labels.add(matcher.name)
        positive = matcher.op in (promql_parser.MatchOp.Equal, promql_parser.MatchOp.Re)
        if positive and re.fullmatch(r"[\w|:-]+", matcher.value):
            words |= {(matcher.name, word) for word in matcher.value.split("|")}
    return Selector(node.name, frozenset(labels), frozenset(words))
