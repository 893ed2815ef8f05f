"""Milliseconds from exec to a green /readyz of a program, with this process's environment. usage: start_to_ready.py PROGRAM FREE_PORT"""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request

program, port = sys.argv[1:3]
environment = {**os.environ, "PORT": port, "HOST": "127.0.0.1"}
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
