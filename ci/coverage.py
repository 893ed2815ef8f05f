"""Prints how many lines of ours the tests ran: ci/coverage.py <folder with llvm.json> <root> <least percent>. Fails below that."""

import collections
import json
import pathlib
import sys

folder, root, least = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve(), float(sys.argv[3])
modules = collections.defaultdict(lambda: [0, 0])
files = {}
for file in json.loads((folder / "llvm.json").read_text())["data"][0]["files"]:
    path = pathlib.Path(file["filename"])
    # Ours only: no package's checkout, no test, no file that the build made.
    if not path.is_relative_to(root) or path.relative_to(root).parts[0] not in ("Services", "Shared"):
        continue
    name = path.relative_to(root)
    lines = file["summary"]["lines"]
    files[str(name)] = {"lines": lines["count"], "covered": lines["covered"]}
    module = modules["/".join(name.parts[:2])]
    module[0] += lines["covered"]
    module[1] += lines["count"]
covered, total = (sum(module[i] for module in modules.values()) for i in (0, 1))
if total == 0:
    sys.exit("coverage: no line of Services/ or Shared/ is in the profile")
percent = 100 * covered / total
for name, (ran, count) in sorted(modules.items()):
    print(f"  {name:32} {100 * ran / max(count, 1):6.1f} %  {ran}/{count}")
(folder / "coverage.json").write_text(
    json.dumps({"percent": round(percent, 2), "covered": covered, "lines": total, "files": dict(sorted(files.items()))}, indent=1) + "\n"
)
print(f"coverage: {percent:.1f} % of {total} lines (at least {least:g} %) → {folder / 'coverage.json'}")
sys.exit(0 if percent >= least else f"coverage is below {least:g} %")
