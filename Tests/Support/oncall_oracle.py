#!/usr/bin/env python3
"""Says who is on call without any of Tocsin's code, and writes test vectors of it.

An implementation of the same rules (docs/on-call-guide.md, "Schedules") by other means: hand-offs are listed one after another from the start and
looked up, windows are tried day by day around the instant, and wall-clock times go through Python's zoneinfo. Where Tocsin computes, this walks.

    oncall_oracle.py random --seed 7 --schedules 250 --instants 16 > vectors.jsonl
    oncall_oracle.py transitions > transitions.jsonl

The first line names the release of the tz data; Foundation carries its own, and the test wants both to be the same.
"""
import argparse
import bisect
import calendar
import datetime as dt
import json
import os
import random
import sys
import zoneinfo

UTC = dt.timezone.utc
EPOCH = dt.datetime(1970, 1, 1)
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
ESC5 = [
    "America/New_York", "Europe/London", "Australia/Lord_Howe", "Pacific/Chatham", "Africa/Casablanca", "Pacific/Apia", "Asia/Tehran", "UTC",
]
ZONES = ESC5 + [
    "America/Santiago", "America/St_Johns", "America/Sao_Paulo", "America/Havana", "Asia/Beirut", "Asia/Kathmandu", "Asia/Kolkata",
    "Atlantic/Azores", "Europe/Berlin", "Europe/Dublin", "Pacific/Auckland", "Pacific/Kiritimati", "Africa/Cairo", "Antarctica/Troll",
]
FIRST = int(dt.datetime(2020, 1, 1, tzinfo=UTC).timestamp())
LAST = int(dt.datetime(2038, 1, 1, tzinfo=UTC).timestamp())


def tz_release():
    """The release of the tz data that zoneinfo reads: the folder's own note, else the package `tzdata`."""
    for folder in zoneinfo.TZPATH:
        note = os.path.join(folder, "tzdata.zi")
        if os.path.exists(note):
            with open(note, encoding="utf-8") as file:
                return file.readline().split()[-1]
    import tzdata
    return tzdata.IANA_VERSION


def stamp(wall, zone, fold):
    return int(wall.replace(tzinfo=zone, fold=fold).timestamp())


def reads(instant, zone):
    return dt.datetime.fromtimestamp(instant, zone).replace(tzinfo=None, fold=0)


def first(wall, zone):
    """The first instant at which the clock has reached `wall`."""
    early = stamp(wall, zone, 0)
    if reads(early, zone) == wall:
        return early
    # In a gap fold 1 reckons with the offset after the jump and so lands before it, fold 0 the other way round.
    before, after = stamp(wall, zone, 1), early
    if reads(before, zone) == wall:
        return before
    while after - before > 1:
        middle = (before + after) // 2
        if reads(middle, zone) < wall:
            before = middle
        else:
            after = middle
    return after


def last(wall, zone):
    """The last instant at which the clock reads `wall`, or the first after a gap."""
    late = stamp(wall, zone, 1)
    return late if reads(late, zone) == wall else first(wall, zone)


def clock(text):
    return dt.time.fromisoformat(text)


class Layer:
    def __init__(self, spec, until):
        self.role = spec["role"]
        self.zone = zoneinfo.ZoneInfo(spec["time_zone"])
        self.spec = spec
        self.turns = [turn if isinstance(turn, list) else [turn] for turn in spec["members"]]
        self.start = dt.date.fromisoformat(spec["start"])
        self.counts_shifts = spec["rotation"]["kind"] == "shifts"
        self.bounds = self.shift_starts(until) if self.counts_shifts else self.hand_offs(until)

    def hand_offs(self, until):
        rotation = self.spec["rotation"]
        kind, length, at = rotation["kind"], rotation["length"], clock(rotation["handoff_time"])
        begin = first(dt.datetime.combine(self.start, at), self.zone)
        if kind == "hourly":
            return list(range(begin, until + length * 3600, length * 3600))
        day = self.start
        if kind == "weekly":
            while DAYS[day.weekday()] != rotation["handoff_day"]:
                day -= dt.timedelta(days=1)
        bounds, number = [], 0
        while not bounds or bounds[-1] <= until:
            if kind == "daily":
                date = day + dt.timedelta(days=number * length)
            elif kind == "weekly":
                date = day + dt.timedelta(weeks=number * length)
            else:
                year, month = divmod(day.year * 12 + day.month - 1 + number * length, 12)
                date = dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
            bounds.append(max(begin, first(dt.datetime.combine(date, at), self.zone)))
            number += 1
        return bounds

    def windows(self, date):
        """The windows that start on that day, as wall-clock readings."""
        found = []
        for restriction in self.spec["restrictions"]:
            if restriction["type"] == "daily" or restriction["start_day"] == DAYS[date.weekday()]:
                start = dt.datetime.combine(date, clock(restriction["start_time"]))
                found.append((start, start + dt.timedelta(seconds=restriction["duration_seconds"])))
        return sorted(found)

    def shift_starts(self, until):
        self.ends = []
        bounds, date = [], self.start
        while not bounds or bounds[-1] <= until:
            for start, end in self.windows(date):
                bounds.append(first(start, self.zone))
                self.ends.append(last(end, self.zone))
            date += dt.timedelta(days=1)
        return bounds

    def is_open(self, instant):
        if not self.spec["restrictions"]:
            return True
        today = reads(instant, self.zone).date()
        return any(
            first(start, self.zone) <= instant < last(end, self.zone)
            for back in range(-1, 10)
            for start, end in self.windows(today - dt.timedelta(days=back))
        )

    def people(self, instant):
        """Who has the turn; None while the layer does not cover."""
        number = bisect.bisect_right(self.bounds, instant) - 1
        if number < 0:
            return None
        if self.counts_shifts:
            if instant >= self.ends[number]:
                return None
            number //= self.spec["rotation"]["length"]
        elif not self.is_open(instant):
            return None
        return self.turns[number % len(self.turns)]

    def changes(self, low, high):
        """Instants between `low` and `high` at which the layer may say something else."""
        found = {bound for bound in self.bounds[bisect.bisect_left(self.bounds, low):bisect.bisect_right(self.bounds, high)]}
        day, stop = reads(low, self.zone).date() - dt.timedelta(days=9), reads(high, self.zone).date()
        while day <= stop:
            for start, end in self.windows(day):
                found |= {first(start, self.zone), last(end, self.zone)}
            day += dt.timedelta(days=1)
        return found


class Board:
    def __init__(self, case, until):
        self.layers = [Layer(spec, until) for spec in case["layers"]]
        self.overrides = sorted(enumerate(case.get("overrides", [])), key=lambda pair: (pair[1]["starts"], pair[0]))
        self.temporaries = case.get("temporaries", [])

    def answer(self, role, instant):
        for temporary in self.temporaries:
            if temporary["starts"] <= instant < temporary["ends"]:
                names = [
                    shift["name"] for shift in temporary["shifts"] if shift["role"] == role and shift["starts"] <= instant < shift["ends"]
                ]
                return ",".join("t" + name for name in names) or "-temporary"
        mine = [layer for layer in self.layers if layer.role == role]
        people, absence = [], "no_member" if not mine else "not_started"
        for layer in reversed(mine):
            if instant >= layer.bounds[0]:
                absence = "gap"
            covering = layer.people(instant)
            if covering is not None:
                people = [("r", person["name"], person.get("shadow", False)) for person in covering]
                absence = None
                break
        for _, override in self.overrides:
            if override["role"] == role and override["starts"] <= instant < override["ends"]:
                people = self.overridden(people, override)
        if not any(not shadow for _, _, shadow in people):
            # What is left of an answer without anybody to page are shadows.
            rest = ",".join(reason + name + "~" for reason, name, _ in people)
            return "-" + (absence or "removed") + (":" + rest if rest else "")
        return ",".join(reason + name + ("~" if shadow else "") for reason, name, shadow in people)

    @staticmethod
    def overridden(people, override):
        name, taken = override["name"], ("o", override["name"], False)
        acting = [person[1] for person in people if not person[2]]
        if override["kind"] == "stand_in":
            return [taken] + [person for person in people if person[2]]
        if override["kind"] == "add":
            return people if name in acting else people + [taken]
        if override["kind"] == "remove":
            return [person for person in people if person[1] != name]
        if override["replaces"] not in acting:
            return people
        place = next(i for i, person in enumerate(people) if person[1] == override["replaces"] and not person[2])
        if name in acting and name != override["replaces"]:
            return people[:place] + people[place + 1:]
        return people[:place] + [taken] + people[place + 1:]

    def changes(self, low, high):
        found = set()
        for layer in self.layers:
            found |= layer.changes(low, high)
        for _, override in self.overrides:
            found |= {override["starts"], override["ends"]}
        for temporary in self.temporaries:
            for piece in [temporary] + temporary["shifts"]:
                found |= {piece["starts"], piece["ends"]}
        return sorted(instant for instant in found if low < instant < high)

    def runs(self, role, low, high):
        """Pieces of [low, high) with the same answer, as a list of start and answer."""
        found = []
        for instant in [low] + self.changes(low, high):
            answer = self.answer(role, instant)
            if not found or found[-1][1] != answer:
                found.append([instant, answer])
        return found


def transitions(zone, low=FIRST, high=LAST):
    """Every instant at which the zone's offset changes."""
    info, step, found = zoneinfo.ZoneInfo(zone), 6 * 3600, []

    def offset(instant):
        return dt.datetime.fromtimestamp(instant, info).utcoffset()
    now = offset(low)
    for start in range(low, high, step):
        last, now = now, offset(start + step)
        if last == now:
            continue
        before, after = start, start + step
        while after - before > 1:
            middle = (before + after) // 2
            if offset(middle) == offset(start):
                before = middle
            else:
                after = middle
        found.append(after)
    return found


class Maker:
    """Random schedules; the same seed makes the same ones."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.jumps = {zone: transitions(zone) for zone in ZONES}

    def time(self):
        return self.random.choice(["00:00", "00:30", "01:30", "02:00", "02:15", "02:30", "02:45", "03:00", "09:00", "17:00", "23:30", "23:59"]) \
            if self.random.random() < 0.7 else f"{self.random.randrange(24):02}:{self.random.randrange(60):02}"

    def person(self, names):
        return {"name": self.random.choice(names)}

    def turn(self, names):
        if self.random.random() < 0.8:
            return self.person(names)
        people = [{"name": name} for name in self.random.sample(names, 2)]
        if self.random.random() < 0.4:
            people[1]["shadow"] = True
        return people

    def restrictions(self, kind):
        if kind == "shifts":
            return self.random.choice([
                [{"type": "daily", "start_time": "08:00", "duration_seconds": 43200}, {"type": "daily", "start_time": "20:00", "duration_seconds": 43200}],
                [{"type": "weekly", "start_day": day, "start_time": self.time(), "duration_seconds": 28800} for day in DAYS[:5:2]],
                [{"type": "weekly", "start_day": day, "start_time": "00:00", "duration_seconds": 86400} for day in DAYS[:5]],
                [{"type": "daily", "start_time": self.time(), "duration_seconds": self.random.choice([1800, 7200, 86400])}],
            ])
        found = []
        for _ in range(self.random.choice([0, 0, 1, 1, 2, 3])):
            if self.random.random() < 0.5:
                found.append({"type": "daily", "start_time": self.time(), "duration_seconds": self.random.choice([1800, 3600, 28800, 57600, 86400])})
            else:
                found.append({
                    "type": "weekly", "start_day": self.random.choice(DAYS), "start_time": self.time(),
                    "duration_seconds": self.random.choice([3600, 28800, 86400, 2 * 86400, 5 * 86400 + 1800, 604800])})
        return found

    def layer(self, role, zone, names):
        kind = self.random.choice(["hourly", "daily", "daily", "weekly", "weekly", "monthly", "shifts"])
        year = self.random.choice([2020, 2025, 2026, 2030, self.random.randrange(2020, 2037)])
        start = dt.date(year, 1, 1) + dt.timedelta(days=self.random.randrange(365))
        if kind == "monthly" and self.random.random() < 0.6:
            start = dt.date(year, self.random.choice([1, 3, 5, 8, 12]), 31)
        rotation = {"kind": kind, "length": self.random.choice([1, 1, 1, 2, 3, 5, 12])}
        if kind != "shifts":
            rotation["handoff_time"] = self.time()
        if kind == "weekly":
            rotation["handoff_day"] = self.random.choice(DAYS)
        return {
            "name": "l", "role": role, "time_zone": zone, "start": start.isoformat(), "rotation": rotation,
            "restrictions": self.restrictions(kind), "members": [self.turn(names) for _ in range(self.random.randrange(1, 7))],
        }

    def case(self):
        names = list("ABCDEFGH")
        zone = self.random.choice(ZONES)
        layers = []
        for role in ["primary", "primary", "primary", "secondary"][: self.random.randrange(1, 5)]:
            layers.append(self.layer(role, zone if self.random.random() < 0.8 else self.random.choice(ZONES), names))
        case = {"layers": layers}
        if self.random.random() < 0.5:
            centre = self.random.randrange(FIRST, LAST)
            case["overrides"] = [self.override(centre, names) for _ in range(self.random.randrange(1, 5))]
            case["centre"] = centre
        if self.random.random() < 0.2:
            starts = case.get("centre", self.random.randrange(FIRST, LAST))
            ends = starts + self.random.randrange(3600, 20 * 86400)
            case["temporaries"] = [{"starts": starts, "ends": ends, "shifts": [self.shift(starts, ends, names) for _ in range(3)]}]
            case["centre"] = starts
        return case

    def override(self, centre, names):
        kind = self.random.choice(["stand_in", "replace", "replace", "add", "remove"])
        starts = centre + self.random.randrange(-10 * 86400, 10 * 86400)
        return {
            "kind": kind, "role": self.random.choice(["primary", "primary", "secondary"]), "name": self.random.choice(names),
            "replaces": self.random.choice(names) if kind == "replace" else None, "starts": starts,
            "ends": starts + self.random.randrange(60, 20 * 86400),
        }

    def shift(self, starts, ends, names):
        begin = self.random.randrange(starts, ends - 60)
        return {
            "name": self.random.choice(names), "role": self.random.choice(["primary", "secondary"]), "starts": begin,
            "ends": self.random.randrange(begin + 1, ends + 3600),
        }

    def instant(self, case, board):
        """Half of them where answers change, give or take a second."""
        roll, layer = self.random.random(), self.random.choice(board.layers)
        if roll < 0.35:
            near = self.random.choice(layer.bounds)
        elif roll < 0.6 and self.jumps[layer.spec["time_zone"]]:
            near = self.random.choice(self.jumps[layer.spec["time_zone"]]) + self.random.randrange(-7200, 7200)
        elif roll < 0.8 and "centre" in case:
            near = case["centre"] + self.random.randrange(-12 * 86400, 12 * 86400)
        else:
            return self.random.randrange(FIRST, LAST)
        return min(max(near + self.random.choice([-3600, -1, 0, 0, 1, 1800]), FIRST), LAST - 1)


def write_random(arguments):
    maker = Maker(arguments.seed)
    print(json.dumps({"tzdata": tz_release(), "seed": arguments.seed}))
    for _ in range(arguments.schedules):
        case = maker.case()
        board = Board(case, LAST)
        case["at"] = sorted(maker.instant(case, board) for _ in range(arguments.instants))
        case["expect"] = [board.answer("primary", at) + "|" + board.answer("secondary", at) for at in case["at"]]
        case.pop("centre", None)
        print(json.dumps(case, separators=(",", ":")))


def write_transitions(_):
    print(json.dumps({"tzdata": tz_release(), "zones": ESC5}))
    kinds = [
        {"kind": "daily", "length": 1, "handoff_time": "02:30"}, {"kind": "hourly", "length": 5, "handoff_time": "00:00"},
        {"kind": "weekly", "length": 1, "handoff_time": "01:45", "handoff_day": "sunday"},
        {"kind": "monthly", "length": 1, "handoff_time": "00:00"}, {"kind": "shifts", "length": 1},
    ]
    for zone in ESC5:
        windows = [[jump - 12 * 3600, jump + 12 * 3600] for jump in transitions(zone)]
        # A zone without a change is a case too: the days on which others change.
        windows = windows or [[1772922600, 1772966000], [1793463000, 1793541600]]
        for rotation in kinds:
            shifts = rotation["kind"] == "shifts"
            case = {"layers": [{
                "name": "l", "role": "primary", "time_zone": zone, "start": "2019-10-31", "rotation": rotation,
                "restrictions": [{"type": "daily", "start_time": "01:30", "duration_seconds": 3600},
                                 {"type": "daily", "start_time": "02:30", "duration_seconds": 28800}] if shifts else [],
                "members": [{"name": name} for name in "ABC"],
            }]}
            board = Board(case, windows[-1][1])
            case["runs"] = [board.runs("primary", low, high) + [[high, ""]] for low, high in windows]
            print(json.dumps(case, separators=(",", ":")))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    kinds = parser.add_subparsers(required=True)
    some = kinds.add_parser("random", help="random schedules and instants")
    some.add_argument("--seed", type=int, default=1)
    some.add_argument("--schedules", type=int, default=250)
    some.add_argument("--instants", type=int, default=16)
    some.set_defaults(write=write_random)
    kinds.add_parser("transitions", help="each change of offset from 2020 to 2037").set_defaults(write=write_transitions)
    arguments = parser.parse_args()
    arguments.write(arguments)


if __name__ == "__main__":
    sys.exit(main())
