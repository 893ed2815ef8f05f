"""Makes tests.json of the runner's XML files: ci/results.py <folder>. Fails when a test failed or none ran."""

import json
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

folder = pathlib.Path(sys.argv[1])
tests = []
for file in sorted(folder.glob("pass-*.xml")):
    for case in ElementTree.parse(file).getroot().iter("testcase"):
        failures = [failure.get("message") or failure.text or "" for failure in case.iter("failure")]
        result = "failed" if failures or case.find("error") is not None else "skipped" if case.find("skipped") is not None else "passed"
        tests.append(
            {
                "suite": case.get("classname"),
                "name": case.get("name"),
                "result": result,
                "seconds": round(float(case.get("time") or 0), 6),
                **({"failures": failures} if failures else {}),
            }
        )
counts = {result: sum(test["result"] == result for test in tests) for result in ("passed", "failed", "skipped")}
slowest = sorted(tests, key=lambda test: -test["seconds"])[:5]
(folder / "tests.json").write_text(json.dumps({**counts, "seconds": round(sum(test["seconds"] for test in tests), 3), "tests": tests}, indent=1) + "\n")
print(f"results: {counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped → {folder / 'tests.json'}")
print("slowest: " + ", ".join(f"{test['name']} {test['seconds']:.1f} s" for test in slowest))
if not tests:
    sys.exit("no test ran")
sys.exit(1 if counts["failed"] else 0)
