#!/usr/bin/env python3
"""A steady load of alerts for ci/patroni.sh, each posted again until it is accepted, and what became of it.

  load.py URL FILE <key            until SIGTERM; FILE gets a line per accepted alert: dedup key, when it was sent (the last time), when it was accepted
  load.py --report FILE KILLED STORED   how long nothing was accepted around the switchover and after KILLED, and whether STORED has every key
"""
import json
import signal
import sys
import threading
import time
import urllib.request

SENDERS, PAUSE = 8, 0.2


def send(url, key, name, lines, stop):
    number = 0
    while not stop.is_set():
        number += 1
        dedup = f"{name}-{number}"
        body = json.dumps({"service": f"load-{name}", "severity": "low", "message": "load", "dedup_key": dedup}).encode()
        # What was begun is brought to its end, also after the stop.
        while True:
            sent = time.time()
            request = urllib.request.Request(
                url + "/api/v1/alerts", body, {"content-type": "application/json", "authorization": f"Bearer {key}"})
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    if answer.status == 201:
                        lines.append((dedup, sent, time.time()))
                        break
            except OSError:
                pass
            time.sleep(0.1)
        time.sleep(PAUSE)


def run(url, file):
    key, lines, stop = sys.stdin.readline().strip(), [], threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    threads = [threading.Thread(target=send, args=(url, key, f"s{sender}", lines, stop)) for sender in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(0.5)
    with open(file, "w", encoding="utf-8") as out:
        out.writelines(f"{dedup} {sent:.3f} {accepted:.3f}\n" for dedup, sent, accepted in lines)


def report(file, killed, stored):
    rows = [line.split() for line in open(file, encoding="utf-8")]
    times = sorted(float(row[2]) for row in rows)
    gaps = [(second - first, first) for first, second in zip(times, times[1:])]
    before = max((gap for gap, start in gaps if start < killed - 1), default=0)
    again = min(float(row[2]) for row in rows if float(row[1]) > killed) - killed
    keys = {line.strip() for line in open(stored, encoding="utf-8")}
    lost = [row[0] for row in rows if row[0] not in keys]
    print(f"{len(rows)} alerts accepted, {len(lost)} of them lost")
    print(f"switchover: nothing was accepted for {before:.1f} s at most")
    print(f"failover:   writes again {again:.1f} s after the kill")
    return 1 if lost or not rows else 0


if __name__ == "__main__":
    if sys.argv[1] == "--report":
        sys.exit(report(sys.argv[2], float(sys.argv[3]), sys.argv[4]))
    run(sys.argv[1], sys.argv[2])
