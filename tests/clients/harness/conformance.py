"""The official conformance suite, revision by revision, against the built binary.

The suite's own exit code knows whole scenarios only. Here every check counts, warnings too, and what is left out stands
in ../conformance.toml with its reason; an entry that no longer fails is an error.
"""

import json
import re
import shutil
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness import frontdesk, generated
from harness.clients import HERE, Place

REVISIONS = ["2025-11-25", "2026-07-28"]
SUITE = "node_modules/@modelcontextprotocol/conformance/dist/index.js"
SUITE_MAX_SECONDS = 600
BAD = ("FAILURE", "WARNING")
WIRE_SCHEMA = "wire-schema-valid"


@dataclass(frozen=True)
class Check:
    revision: str
    scenario: str
    id: str
    status: str
    message: str

    @property
    def name(self) -> str:
        return f"{self.scenario}/{self.id}"


def run(place: Place) -> bool:
    checks: list[Check] = []
    with frontdesk.over_http(place.with_fixtures, place.output / "conformance.log", "--sandbox") as address:
        for revision in REVISIONS:
            checks += suite(place, address, revision)
    reasons = left_out()
    text = table(checks, reasons)
    print(text, end="", flush=True)
    wrong = unexpected(checks, reasons) + stale(checks, reasons)
    print("".join(f"clients: FAILED {line}\n" for line in wrong), end="", flush=True)
    return generated.check(place.root, "conformance", text) and not wrong


def suite(place: Place, address: str, revision: str) -> list[Check]:
    folder = place.output / f"conformance-{revision}"
    shutil.rmtree(folder, ignore_errors=True)
    command = ["node", SUITE, "server", "--url", f"http://{address}/mcp", "--requirements", revision, "-o", folder]
    with (place.output / f"conformance-{revision}.log").open("w") as log:
        # The suite exits with an error when a check fails; the checks are judged one by one below.
        subprocess.run(command, cwd=place.node_folder, stdout=log, stderr=log, timeout=SUITE_MAX_SECONDS, check=False)
    checks = list(read(folder, revision))
    if not checks:
        raise RuntimeError(f"the suite left no checks in {folder}, see {log.name}")
    return checks


def read(folder: Path, revision: str) -> Iterator[Check]:
    for file in sorted(folder.glob("**/checks.json")):
        scenario = re.sub(r"^server-(?=.*-\d{4}-)|-\d{4}-\d{2}-\d{2}T.*$", "", file.parent.name)
        for check in json.loads(file.read_text()):
            yield Check(revision, scenario, check["id"], check["status"], check.get("errorMessage") or "")


def left_out() -> dict[str, str]:
    """Maps a scenario, or scenario/check, to the reason for leaving it out."""
    entries = tomllib.loads((HERE / "conformance.toml").read_text())["left_out"]
    return {name: entry["reason"] for entry in entries for name in entry["names"]}


def reason_of(check: Check, reasons: dict[str, str]) -> str | None:
    """Messages that violate the protocol's schema count even in a scenario that is left out."""
    whole = None if check.id == WIRE_SCHEMA else reasons.get(check.scenario)
    return reasons.get(check.name) or whole


def unexpected(checks: list[Check], reasons: dict[str, str]) -> list[str]:
    bad = [check for check in checks if check.status in BAD and reason_of(check, reasons) is None]
    return [f"{check.revision} {check.name}: {check.status}: {check.message[:400]}" for check in bad]


def stale(checks: list[Check], reasons: dict[str, str]) -> list[str]:
    failing = {name for check in checks if check.status in BAD for name in (check.name, check.scenario)}
    return [f"conformance.toml: `{name}` does not fail any more: remove it" for name in reasons if name not in failing]


def table(checks: list[Check], reasons: dict[str, str]) -> str:
    head = "| revision | checks that pass | that fail | that do not apply | scenarios | left out |\n|---|---|---|---|---|---|\n"
    return head + "".join(row(revision, checks, reasons) for revision in REVISIONS)


def row(revision: str, checks: list[Check], reasons: dict[str, str]) -> str:
    of = [check for check in checks if check.revision == revision]
    out = [check for check in of if check.status in BAD and reason_of(check, reasons)]
    status = Counter(check.status for check in of)
    failed = sum(status[bad] for bad in BAD) - len(out)
    left = {check.scenario for check in out}
    scenarios = {check.scenario for check in of} - left
    return f"| {revision} | {status['SUCCESS']} | {failed} | {status['SKIPPED']} | {len(scenarios)} | {len(left)} |\n"
