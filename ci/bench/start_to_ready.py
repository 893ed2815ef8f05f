"""Milliseconds from exec to a green /readyz of one more replica of a running daemon. usage: start_to_ready.py PID PROGRAM FREE_PORT"""

import subprocess
import sys
import time
import urllib.error
import urllib.request

pid, program, port = sys.argv[1:4]
# The running daemon's own settings, but for the port.
with open(f"/proc/{pid}/environ", encoding="utf-8") as file:
    environment = dict(entry.split("=", 1) for entry in file.read().split("\0") if "=" in entry)
environment["PORT"] = port
LIMIT = 20
began = time.perf_counter()
daemon = subprocess.Popen([program], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
try:
    while time.perf_counter() - began < LIMIT:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                print(f"{(time.perf_counter() - began) * 1000:.0f}")
                sys.exit(0)
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.002)
    print("not ready")
    sys.exit(1)
finally:
    daemon.terminate()
    daemon.wait(20)
