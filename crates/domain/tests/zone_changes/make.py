"""Makes `changes.tsv` beside it: every change of every zone's clocks over three years.

It uses Python's `zoneinfo` on the package `tzdata`, so that neither the code nor the files are the ones under test:

    pip install tzdata==2026.6      # IANA's 2026f
    python3 make.py > changes.tsv

`PYTHONTZPATH` is emptied, so that the system's zones are not used.
"""

import datetime
import importlib.resources
import os
import sys

os.environ["PYTHONTZPATH"] = ""

import zoneinfo  # noqa: E402  it reads the variable when it is imported

zoneinfo.reset_tzpath(to=())

UTC = datetime.timezone.utc
START = datetime.datetime(2026, 1, 1, tzinfo=UTC)
END = datetime.datetime(2029, 1, 1, tzinfo=UTC)
STEP = datetime.timedelta(hours=12)


def offset(zone, at):
    return int(at.astimezone(zone).utcoffset().total_seconds())


def first_change(zone, low, high):
    """The first second in (low, high] at which the offset is no longer the one at `low`."""
    before = offset(zone, low)
    while high - low > datetime.timedelta(seconds=1):
        middle = low + datetime.timedelta(seconds=(high - low) // datetime.timedelta(seconds=2))
        low, high = (middle, high) if offset(zone, middle) == before else (low, middle)
    return high


def changes(zone):
    at, found = START, [(START, offset(zone, START))]
    while at < END:
        following = min(at + STEP, END)
        if offset(zone, following) != offset(zone, at):
            changed = first_change(zone, at, following)
            if changed < END:
                found.append((changed, offset(zone, changed)))
        at = following
    return found


def main():
    source = importlib.resources.files("tzdata").joinpath("zoneinfo/tzdata.zi").read_text()
    names = importlib.resources.files("tzdata").joinpath("zones").read_text().split()
    version = source.splitlines()[0].removeprefix("# version ")
    print(f"# version {version}, Python {sys.version.split()[0]} zoneinfo on the package tzdata; made by make.py")
    print("# changes of the clocks (Unix seconds, and seconds east of UTC from then on), then the names with these clocks")
    rows = {}
    for name in sorted(names):
        row = " ".join(f"{int(at.timestamp())}:{east}" for at, east in changes(zoneinfo.ZoneInfo(name)))
        rows.setdefault(row, []).append(name)
    for row, names in rows.items():
        print(f"{row}\t{' '.join(names)}")


main()
