#!/usr/bin/env python3
"""Lists what calendars say by other means than libical, and writes test vectors of it.

Random calendars, read by icalendar and recurring-ical-events (PyPI), which share no code with libical: rules go through dateutil, zones through
zoneinfo. Only what both sides may be asked is generated: whole occurrences well inside of the window, no rule that RFC 5545 leaves open.

    python3 -m venv /tmp/oracle && /tmp/oracle/bin/pip install icalendar==7.3.0 recurring-ical-events==3.8.2
    /tmp/oracle/bin/python Tests/Support/calendar_oracle.py --seed 5 --calendars 300 > Tests/Fixtures/calendars/random.jsonl

A line: the calendar, the reader's own zone, and what takes place: [start, end] in seconds since 1970, or ["d", first day, day after the last].
"""
import argparse
import datetime as dt
import json
import random
import zoneinfo

import icalendar
import recurring_ical_events

UTC = dt.timezone.utc
FROM = dt.datetime(2026, 1, 1, tzinfo=UTC)
TO = dt.datetime(2027, 5, 1, tzinfo=UTC)
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Santiago", "Pacific/Auckland", "UTC"]
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
# Central European time under a name nobody else knows, as Outlook writes it.
OUTLOOK = """BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""


def stamp(time):
    return time.strftime("%Y%m%dT%H%M%S")


class Event:
    """One event, with its changed occurrences."""

    def __init__(self, number, rng):
        self.rng = rng
        self.uid = f"event-{number}@example.org"
        self.is_date = rng.random() < 0.3
        kind = rng.choice(["named"] * 5 + ["utc", "floating", "outlook"])
        self.zone = {"named": rng.choice(ZONES[:-1]), "outlook": "Customized Time Zone"}.get(kind)
        self.suffix = "Z" if kind == "utc" else ""
        day = dt.datetime(2019, 1, 1) + dt.timedelta(days=rng.randrange(0, 365 * 8))
        self.start = day if self.is_date else day + dt.timedelta(minutes=15 * rng.choice([rng.randrange(0, 96), rng.randrange(0, 14)]))
        if kind == "outlook" and self.start.hour == 2:
            # In a gap of a zone that the calendar describes, icalendar reckons with the offset after it, RFC 5545 §3.3.5 with the one before.
            self.start += dt.timedelta(hours=2)
        self.length = dt.timedelta(days=rng.randrange(1, 15)) if self.is_date else dt.timedelta(minutes=15 * rng.randrange(1, 4 * 60))

    def time(self, name, value, extra=""):
        if self.is_date:
            return f"{name};VALUE=DATE{extra}:{value:%Y%m%d}"
        zone = f";TZID={self.zone}" if self.zone else ""
        return f"{name}{zone}{extra}:{stamp(value)}{self.suffix}"

    def exception(self, start, place):
        """By the event's own clock, or the same instant in UTC."""
        if self.zone and not self.is_date and self.rng.random() < 0.5:
            return f"EXDATE:{stamp(place.astimezone(UTC))}Z"
        return self.time("EXDATE", start)

    def rule(self):
        rng, parts = self.rng, []
        frequency = rng.choice(["DAILY", "WEEKLY", "WEEKLY", "MONTHLY", "YEARLY"])
        parts.append(f"FREQ={frequency}")
        interval = rng.choice([1, 1, 1, 2, 3])
        if interval > 1:
            parts.append(f"INTERVAL={interval}")
        if frequency == "DAILY" and rng.random() < 0.3:
            parts.append("BYDAY=" + ",".join(rng.sample(DAYS, 3)))
        if frequency == "WEEKLY" and rng.random() < 0.7:
            # The first occurrence is one of the rule's (RFC 5545 §3.8.5.3 leaves the other case open).
            days = {DAYS[self.start.weekday()]} | set(rng.sample(DAYS, rng.randrange(0, 3)))
            parts.append("BYDAY=" + ",".join(sorted(days)))
        if frequency == "MONTHLY":
            choice = rng.randrange(4)
            if choice == 0:
                parts.append(f"BYMONTHDAY={rng.choice([1, 15, 28, 29, 30, 31, -1, -3])}")
            elif choice == 1:
                parts.append(f"BYDAY={rng.choice([1, 2, 3, 4, -1])}{rng.choice(DAYS)}")
            elif choice == 2:
                parts.append(f"BYDAY=MO,TU,WE,TH,FR;BYSETPOS={rng.choice([1, -1, 3])}")
        if frequency == "YEARLY" and rng.random() < 0.5:
            parts.append(f"BYMONTH={rng.randrange(1, 13)};BYDAY={rng.choice([1, 2, -1])}{rng.choice(DAYS)}")
        end = rng.randrange(4)
        if end == 0:
            parts.append(f"COUNT={rng.choice([1, 5, 20, 300, 1000000000])}")
        elif end == 1:
            # To the second, by the event's own clock: the last occurrence counts, and an hour off is seen.
            until = dt.datetime.combine(dt.date(2026, 1, 1) + dt.timedelta(days=rng.randrange(0, 500)), self.start.time())
            if self.is_date:
                parts.append(f"UNTIL={until:%Y%m%d}")
            else:
                if self.zone:
                    zone = zoneinfo.ZoneInfo("Europe/Berlin" if self.zone.startswith("Custom") else self.zone)
                    until = until.replace(tzinfo=zone).astimezone(UTC)
                parts.append(f"UNTIL={stamp(until)}" + ("Z" if self.zone or self.suffix else ""))
        return ";".join(parts)

    def lines(self):
        rng = self.rng
        lines = ["BEGIN:VEVENT", f"UID:{self.uid}", "DTSTAMP:20260101T000000Z", "SUMMARY:Away\\, far away", self.time("DTSTART", self.start)]
        if rng.random() < 0.6:
            lines.append(self.time("DTEND", self.start + self.length))
        else:
            lines.append(f"DURATION:P{self.length.days}D" + (f"T{self.length.seconds // 60}M" if self.length.seconds else ""))
        if rng.random() < 0.15:
            lines.append("STATUS:CANCELLED")
        return lines

    def text(self):
        rng = self.rng
        changed = []
        rule = self.rule() if rng.random() < 0.75 else None
        if rule and ("COUNT" in rule) and ("MONTHLY" in rule or "BY" in rule):
            rule = ";".join(part for part in rule.split(";") if not part.startswith("COUNT"))
        if rule and self.start.year > 2025:
            # A rule need not fit its first occurrence; whether that counts is open, so it lies before the window.
            self.start = self.start.replace(year=2025, day=min(self.start.day, 28))
            if "WEEKLY" in rule:
                rule = ";".join(part for part in rule.split(";") if not part.startswith("BYDAY"))
        lines = self.lines()
        if rule:
            lines.append("RRULE:" + rule)
            plain = "\r\n".join(["BEGIN:VCALENDAR", OUTLOOK, *lines, "END:VEVENT", "END:VCALENDAR"])
            taken = [item for item in happenings(plain, "UTC", with_start=True)]
            for place in rng.sample(taken, min(len(taken), rng.randrange(0, 4))):
                start = place.replace(tzinfo=None) if isinstance(place, dt.datetime) else dt.datetime.combine(place, dt.time())
                choice = rng.randrange(3)
                if choice == 0:
                    lines.append(self.exception(start, place))
                else:
                    moved = start + dt.timedelta(days=rng.randrange(0, 3), hours=0 if self.is_date else rng.randrange(0, 5))
                    changed += [
                        "BEGIN:VEVENT", f"UID:{self.uid}", "DTSTAMP:20260101T000000Z", self.time("RECURRENCE-ID", start),
                        self.time("DTSTART", moved), self.time("DTEND", moved + self.length),
                        "STATUS:" + ("CANCELLED" if choice == 1 else "CONFIRMED"), "END:VEVENT",
                    ]
        if rng.random() < 0.2:
            extra = dt.datetime.combine(dt.date(2026, rng.randrange(2, 12), rng.randrange(1, 28)), self.start.time())
            lines.append(self.time("RDATE", extra))
        return lines + ["BEGIN:VALARM", "TRIGGER:-PT15M", "ACTION:DISPLAY", "END:VALARM", "END:VEVENT"] + changed


def happenings(text, own, with_start=False):
    """What takes place well inside of the window."""
    calendar = icalendar.Calendar.from_ical(text)
    found = []
    for event in recurring_ical_events.of(calendar).between(FROM, TO):
        if event.get("STATUS") == "CANCELLED":
            continue
        start, end = event.start, event.end
        if with_start:
            found.append(start)
        elif isinstance(start, dt.datetime):
            zone = zoneinfo.ZoneInfo(own)
            first, past = (int((time if time.tzinfo else time.replace(tzinfo=zone)).timestamp()) for time in (start, end))
            if first < past:
                found.append([first, past])
        else:
            found.append(["d", (start - dt.date(1970, 1, 1)).days, (end - dt.date(1970, 1, 1)).days])
    return found


def fold(line, rng):
    """Cuts long lines, as mailers do, here and there in the middle of a name."""
    limit = rng.choice([20, 75])
    pieces = [line[index:index + limit] for index in range(0, len(line), limit)] or [line]
    return "\r\n ".join(pieces)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, required=True)
    options.add_argument("--calendars", type=int, required=True)
    options = options.parse_args()
    rng = random.Random(options.seed)
    print(json.dumps({"from": int(FROM.timestamp()), "to": int(TO.timestamp()), "icalendar": icalendar.__version__, "seed": options.seed}))
    for _ in range(options.calendars):
        own = rng.choice(ZONES)
        events = [line for number in range(rng.randrange(1, 4)) for line in Event(number, rng).text()]
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tocsin//oracle//EN", *OUTLOOK.split("\n"), *events, "END:VCALENDAR", ""]
        text = "\r\n".join(fold(line, rng) for line in lines)
        print(json.dumps({"zone": own, "ics": text, "expect": sorted(happenings(text, own), key=str)}))


if __name__ == "__main__":
    main()
