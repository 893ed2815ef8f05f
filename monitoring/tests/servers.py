"""Real programs under test: started on loopback, stopped by their own process."""

import json
import math
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(what: str, true, seconds: float = 30, every: float = 0.2):
    """The first true answer of `true`; fails after `seconds`, naming what was waited for."""
    deadline = time.monotonic() + seconds
    while True:
        answer = true()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds:.0f} s still not: {what}")
        time.sleep(every)


class Server:
    """A program in a folder of its own, with its log beside it."""

    def __init__(self, command: list[str], folder: Path, ready: str):
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_until(f"{command[0]} answers", lambda: self._answers(ready))
        except BaseException:
            self.stop()
            raise

    def _answers(self, url: str) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"ended with {self.process.returncode}:\n{self.log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Prometheus:
    """A Prometheus with the given configuration; its data goes with it."""

    def __init__(self, configuration: str = "{}\n", port: int | None = None):
        self._folder = tempfile.TemporaryDirectory(prefix="tocsin-prometheus.")
        folder = Path(self._folder.name)
        (folder / "prometheus.yml").write_text(configuration)
        self.url = f"http://127.0.0.1:{port or free_port()}"
        command = [
            "prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
            f"--web.listen-address={self.url.removeprefix('http://')}", "--log.level=warn",
            # What is said before the Alertmanager has been found is said again after this time, not after a minute.
            "--rules.alert.resend-delay=5s",
        ]
        try:
            self.server = Server(command, folder, self.url + "/-/ready")
        except BaseException:
            self._folder.cleanup()
            raise

    def __enter__(self) -> "Prometheus":
        return self

    def __exit__(self, *_) -> None:
        self.server.stop()
        self._folder.cleanup()

    def ask(self, path: str, **parameters) -> dict:
        """The answer's `data`; a fault of the question is a ValueError with Prometheus' words."""
        body = urllib.parse.urlencode(parameters, doseq=True).encode() if parameters else None
        try:
            with urllib.request.urlopen(f"{self.url}/api/v1/{path}", data=body, timeout=30) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise ValueError(json.load(error)["error"]) from None

    def parse(self, expression: str) -> None:
        """Raises ValueError with Prometheus' words when it cannot read or type the expression."""
        self.ask("query", query=expression, time=0)

    def values(self, expression: str) -> list[tuple[dict, float]]:
        """What an instant query answers now, without NaN and infinities."""
        result = self.ask("query", query=expression)
        samples = result["result"] if result["resultType"] == "vector" else [{"metric": {}, "value": result["result"]}]
        pairs = [(sample["metric"], float(sample["value"][1])) for sample in samples]
        return [(labels, value) for labels, value in pairs if math.isfinite(value)]

    def points(self, expression: str, seconds: int, step: int = 1) -> list[tuple[dict, list[float]]]:
        """The series of the last seconds, without NaN and infinities."""
        now = time.time()
        result = self.ask("query_range", query=expression, start=now - seconds, end=now, step=step)["result"]
        series = [(one["metric"], [float(value) for _, value in one["values"] if math.isfinite(float(value))]) for one in result]
        return [(labels, values) for labels, values in series if values]
