#!/usr/bin/env python3
"""Compares a calendar of Tocsin's with the timeline of its API, read by PyPI's `icalendar`, which is nobody of ours.

    shift_calendar_oracle.py feed.ics timeline.json [--person NAME]

For every role and person the events together must cover exactly the time for which the timeline names them. Also: only CRLF ends lines, no line has
more than 75 octets, every event has a UID of its own, and none lasts no time. Says how much was compared, or what differs, and then exits 1.
"""
import argparse
import datetime as dt
import json
import re
import sys

import icalendar

SUMMARY = re.compile(r"On call: (?:(?P<name>.*): )?(?P<team>.*) \((?P<role>primary|secondary)\)", re.S)


def read_feed(raw):
    """{(role, name): [(start, end), …]}; the name is empty in a person's own calendar."""
    lines = raw.split(b"\r\n")
    assert lines.pop() == b"", "the last line has no end"
    for line in lines:
        assert b"\n" not in line and b"\r" not in line, "a line ends otherwise than by CRLF"
        assert len(line) <= 75, f"{len(line)} octets: {line!r}"
    calendar = icalendar.Calendar.from_ical(raw)
    assert calendar["VERSION"] == "2.0" and calendar["PRODID"] and calendar["X-WR-CALNAME"]
    assert not calendar.errors, calendar.errors
    spans, uids = {}, set()
    for event in calendar.walk("VEVENT"):
        assert not event.errors, event.errors
        assert event["UID"] not in uids, f"two events of one name: {event['UID']}"
        uids.add(event["UID"])
        start, end = event.start, event.end
        assert start.tzinfo == dt.timezone.utc or start.utcoffset() == dt.timedelta(0), start
        assert start < end, event
        assert event["DTSTAMP"].dt <= dt.datetime.now(dt.timezone.utc) + dt.timedelta(days=36500)
        for alarm in event.walk("VALARM"):
            assert alarm["ACTION"] == "DISPLAY" and alarm["TRIGGER"].dt <= dt.timedelta(0)
        match = SUMMARY.fullmatch(str(event["SUMMARY"]))
        assert match, event["SUMMARY"]
        spans.setdefault((match["role"], match["name"] or ""), []).append((start, end))
    return spans


def merged(spans, low, high):
    """Sorted, cut to [low, high), neighbours made one; those of one person must not overlap."""
    out = []
    for start, end in sorted(spans):
        start, end = max(start, low), min(end, high)
        if start >= end:
            continue
        assert not out or out[-1][1] <= start, f"overlap at {start}"
        if out and out[-1][1] == start:
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("feed")
    parser.add_argument("timeline")
    parser.add_argument("--person", help="the timeline's name of whose own calendar it is")
    options = parser.parse_args()
    with open(options.feed, "rb") as file:
        feed = read_feed(file.read())
    with open(options.timeline, encoding="utf-8") as file:
        timeline = json.load(file)
    low, high = (dt.datetime.fromisoformat(timeline[key].replace("Z", "+00:00")) for key in ("from", "to"))
    expected = {}
    for shift in timeline["shifts"]:
        bounds = tuple(dt.datetime.fromisoformat(shift[key].replace("Z", "+00:00")) for key in ("start", "end"))
        for person in shift["people"]:
            if person["shadow"] or options.person and person["name"] != options.person:
                continue
            expected.setdefault((shift["role"], "" if options.person else person["name"]), []).append(bounds)
    faults = []
    for key in sorted(set(feed) | set(expected)):
        ours, theirs = merged(feed.get(key, []), low, high), merged(expected.get(key, []), low, high)
        if ours != theirs:
            first = next(((a, b) for a, b in zip(ours + [None], theirs + [None]) if a != b), None)
            faults.append(f"{key}: the calendar and the timeline first differ at {first}")
    if faults:
        sys.exit("\n".join(faults))
    print(f"calendar: {sum(map(len, feed.values()))} events of {len(feed)} people and roles equal {len(timeline['shifts'])} spans of the timeline")


if __name__ == "__main__":
    try:
        main()
    except AssertionError as fault:
        sys.exit(f"not a calendar we promise: {fault}")
