#!/usr/bin/env python3
"""Checks what the documents say against the tree; needs nothing but Python 3.9.

  docs/check.py                        all checks; exits 1 and prints each fault as file:line
  docs/check.py --pending docs/x.md    a document that somebody else is writing: links to it are not faults
  docs/check.py --self-test            plants a fault of each kind in a copy of the tree and shows that its check finds it

links     every relative link leads to a file, and every #anchor to a heading of it
keys      every environment key in the documents is in .env.example or read by a script, and every key of .env.example is in docs/
metrics   every metric in the documents is made by the code
codes     every problem code and every log message of the tables that list them stands in the code
tables    every table of an ER diagram, with its columns, is in the migrations, and every table of the migrations is in a diagram
"""
import argparse
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

DOCUMENTS = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs"]
SOURCES = ["Services", "Shared"]
SCRIPTS = ["run-local.sh", "run-pipeline.sh", "docker-compose.yml", "ci", "Services/CommandLine"]
SERIES = re.compile(
    r"\b(?:tocsin|http_server|process|incidents?|alerts|notifications|oncall|escalations)_[a-z0-9_]*"
    r"(?:_total|_seconds|_bytes|_fds|_info|_in_flight|_alerts|_connections|_waiting|_open|_current|_depth)(?:_(?:bucket|sum|count))?\b"
)
# Words that look like metrics of families whose names have no unit.
GAUGES = re.compile(r"\b(?:incidents_open|incidents_current|oncall_current)\b")
KEY = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
# Upper-case words with an underscore that are no keys: variables of the examples and names of other programs.
NO_KEYS = {"AF_INET", "AF_INET6", "AF_UNIX", "KEY_FILE"}


class Tree:
    def __init__(self, root, pending=()):
        self.root = Path(root)
        self.pending = {(self.root / path).resolve() for path in pending}
        self.documents = sorted(self.files(DOCUMENTS, ".md"))

    def files(self, places, *suffixes):
        for place in places:
            path = self.root / place
            if path.is_file():
                yield path
            for folder, folders, names in os.walk(path):
                folders[:] = [name for name in folders if not name.startswith(".")]
                for name in names:
                    if not suffixes or name.endswith(suffixes):
                        yield Path(folder) / name

    def text(self, places, *suffixes):
        return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in self.files(places, *suffixes))

    def show(self, path, line=None):
        name = path.relative_to(self.root)
        return f"{name}:{line}" if line else str(name)


def lines(path):
    """Number, text and whether the line is inside a fenced block; the fences themselves are left out."""
    fence = None
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        mark = re.match(r"\s*(`{3,}|~{3,})", text)
        if mark and (fence is None or text.strip().startswith(fence)):
            fence = None if fence else mark.group(1)
            continue
        yield number, text, fence is not None


def code_words(path):
    """What is set as code, in a line or in a block: the only places where names are names."""
    for number, text, fenced in lines(path):
        for word in [text] if fenced else re.findall(r"`([^`]+)`", text):
            yield number, word


def anchors(path):
    """The anchors GitHub makes of the headings."""
    seen, found = {}, set()
    for _, text, fenced in lines(path):
        heading = re.match(r"#{1,6}\s+(.*?)\s*#*$", text)
        if fenced or not heading:
            continue
        words = re.sub(r"[*`]|\[([^\]]*)\]\([^)]*\)", lambda m: m.group(1) or "", heading.group(1))
        slug = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
        count = seen.get(slug, 0)
        seen[slug] = count + 1
        found.add(slug if count == 0 else f"{slug}-{count}")
    return found


def check_links(tree):
    for path in tree.documents:
        for number, text, fenced in lines(path):
            if fenced:
                continue
            for target in re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", re.sub(r"`[^`]*`", "", text)):
                if re.match(r"[a-z][a-z0-9+.-]*:", target):
                    continue
                name, _, anchor = target.partition("#")
                aim = (path.parent / name).resolve() if name else path.resolve()
                if aim in tree.pending:
                    continue
                if not aim.exists():
                    yield f"{tree.show(path, number)}: {target} leads nowhere"
                elif anchor and aim.suffix == ".md" and anchor not in anchors(aim):
                    yield f"{tree.show(path, number)}: {target}: there is no such heading"


def keys_of_example(tree):
    return set(re.findall(r"^#?([A-Z][A-Z0-9_]*)=", (tree.root / ".env.example").read_text(), re.M))


def check_keys(tree):
    example = keys_of_example(tree)
    scripts = set(KEY.findall(tree.text(SCRIPTS)))
    said = set()
    for path in tree.documents:
        for number, word in code_words(path):
            if path.parent != tree.root:
                said.update(re.findall(r"\b[A-Z][A-Z0-9_]+\b", word))
            for key in KEY.findall(word):
                known = key in example or key in scripts or key in NO_KEYS or key.removesuffix("_FILE") in example
                if not known:
                    yield f"{tree.show(path, number)}: {key} is neither in .env.example nor read by a script"
    for key in sorted(example - said):
        yield f".env.example: {key} is in no document of docs/"


def check_metrics(tree):
    code = tree.text(SOURCES, ".swift")
    for path in tree.documents:
        for number, word in code_words(path):
            for name in SERIES.findall(word) + GAUGES.findall(word):
                base = re.sub(r"_(bucket|sum|count)$", "", name)
                if f'"{name}' not in code and f'"{base}' not in code:
                    yield f"{tree.show(path, number)}: no metric {name} in the code"


def rows(path, header):
    """The first cell of each row of the tables whose header begins with that word."""
    inside = False
    for number, text, fenced in lines(path):
        cells = [cell.strip() for cell in text.strip().strip("|").split("|")] if text.lstrip().startswith("|") and not fenced else []
        if not cells:
            inside = False
        elif cells[0] == header:
            inside = True
        elif inside and not re.match(r"^:?-+:?$", cells[0]):
            yield number, cells[0]


def check_codes(tree):
    code = tree.text(SOURCES + ["run-local.sh"])
    for path in tree.documents:
        for number, cell in rows(path, "Code"):
            for word in re.findall(r"`([^`]+)`", cell):
                if f'code: "{word}"' not in code:
                    yield f"{tree.show(path, number)}: no problem has the code {word}"
        for number, cell in rows(path, "Log message"):
            for word in re.findall(r"`([^`]+)`", cell):
                if word not in code:
                    yield f"{tree.show(path, number)}: nothing logs {word!r}"


def tables_of_migrations(tree):
    tables = {}
    for path in sorted(tree.files(["Services"], ".sql")):
        text = re.sub(r"--[^\n]*", "", path.read_text(encoding="utf-8"))
        for made in re.finditer(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)\.(\w+)\s*(\(|PARTITION OF)", text):
            if made.group(3) != "(":
                continue
            depth, end = 1, made.end()
            while depth and end < len(text):
                depth += {"(": 1, ")": -1}.get(text[end], 0)
                end += 1
            body, part, depth, parts = text[made.end() : end - 1], "", 0, []
            for letter in body:
                depth += {"(": 1, ")": -1}.get(letter, 0)
                if letter == "," and depth == 0:
                    parts.append(part)
                    part = ""
                else:
                    part += letter
            words = [one.split()[0] for one in parts + [part] if one.split()]
            columns = {word for word in words if word not in {"PRIMARY", "UNIQUE", "CHECK", "CONSTRAINT", "FOREIGN"}}
            tables[(made.group(1), made.group(2))] = columns
        for schema, table, column in re.findall(r"ALTER TABLE (\w+)\.(\w+)\s+ADD COLUMN (?:IF NOT EXISTS )?(\w+)", text):
            tables.setdefault((schema, table), set()).add(column)
    return tables


def tables_of_diagrams(tree):
    for path in tree.documents:
        schema = table = None
        for number, text, fenced in lines(path):
            mark = re.match(r"<!-- schema: (\w+) -->", text.strip())
            if mark:
                schema = mark.group(1)
            if not fenced:
                table = None
                continue
            opened = re.match(r"\s+(\w+)\s*\{\s*$", text)
            if opened and schema:
                table = opened.group(1)
                yield path, number, schema, table, None
            elif text.strip() == "}":
                table = None
            elif table:
                words = text.split()
                if len(words) >= 2:
                    yield path, number, schema, table, words[1]


def check_tables(tree):
    real, drawn = tables_of_migrations(tree), set()
    for path, number, schema, table, column in tables_of_diagrams(tree):
        drawn.add((schema, table))
        if (schema, table) not in real:
            if column is None:
                yield f"{tree.show(path, number)}: no migration makes {schema}.{table}"
        elif column and column not in real[(schema, table)]:
            yield f"{tree.show(path, number)}: {schema}.{table} has no column {column}"
    for schema, table in sorted(set(real) - drawn):
        yield f"migrations: {schema}.{table} is in no diagram"


CHECKS = {"links": check_links, "keys": check_keys, "metrics": check_metrics, "codes": check_codes, "tables": check_tables}


def run(tree):
    faults = [(name, fault) for name, check in CHECKS.items() for fault in check(tree)]
    for name, fault in faults:
        print(f"{name}: {fault}")
    return faults


def self_test(root, pending):
    """Each fault is planted alone; the check of its name must find it, by a word of its own."""
    def append(name, text):
        return lambda copy: (copy / name).write_text((copy / name).read_text() + text)

    def replace(name, old, new):
        def plant(copy):
            text = (copy / name).read_text()
            assert old in text, f"{name} has no {old!r} to spoil"
            (copy / name).write_text(text.replace(old, new))

        return plant

    design, operations = "docs/system-design.md", "docs/operations.md"
    planted = [
        ("links", "nowhere.md", append(operations, "\n[a](nowhere.md)\n")),
        ("links", "no-such-heading", append(operations, "\n[a](security.md#no-such-heading)\n")),
        ("keys", "NO_SUCH_KEY", append(operations, "\n`NO_SUCH_KEY`\n")),
        ("keys", "KEY_NOBODY_TELLS", append(".env.example", "\nKEY_NOBODY_TELLS=1\n")),
        ("metrics", "tocsin_no_such_total", append(operations, "\n`tocsin_no_such_total`\n")),
        ("codes", "no_such_code", append(operations, "\n| Code | x |\n|---|---|\n| `no_such_code` | y |\n")),
        ("codes", "never said", append(operations, "\n| Log message | x |\n|---|---|\n| `never said` | y |\n")),
        ("tables", "no migration makes alerting.quarantined", replace(design, "    quarantine {", "    quarantined {")),
        ("tables", "alerting.quarantine is in no diagram", replace(design, "    quarantine {", "    quarantined {")),
        ("tables", "has no column fauld", replace(design, "jsonb faults", "jsonb fauld")),
    ]
    bad = 0
    for check, word, plant in planted:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder)
            for name in DOCUMENTS + SOURCES + SCRIPTS + [".env.example", "LICENSE"]:
                source, aim = Path(root) / name, copy / name
                if source.is_dir() and not aim.exists():
                    shutil.copytree(source, aim)
                elif source.is_file():
                    aim.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(source, aim)
            plant(copy)
            found = any(word in fault for fault in CHECKS[check](Tree(copy, pending)))
            bad += not found
            print(f"{'ok ' if found else 'BAD'} {check}: {word}")
    return bad


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pending", action="append", default=[], metavar="FILE", help="a document that does not exist yet")
    parser.add_argument("--self-test", action="store_true", help="show that each check can fail")
    options = parser.parse_args()
    root = Path(__file__).resolve().parent.parent
    if options.self_test:
        sys.exit(1 if self_test(root, options.pending) else 0)
    faults = run(Tree(root, options.pending))
    if not faults:
        print(f"ok: {len(list(Tree(root).documents))} documents agree with the tree")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
