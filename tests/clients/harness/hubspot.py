"""HubSpot's own clients, and a public one of its conversations, on the embedded HubSpot.

What each walks, and how it is told where its HubSpot is, stands in ../hubspot/. They know nothing of this project, and
deserialise every answer with their own models.
"""

import json
import subprocess
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass

from harness import frontdesk, inbox
from harness.clients import HERE, Place

NOW = "2026-11-22T15:00:00Z"
"""The time of the sandbox: a Sunday morning around which the seed company has free and busy times."""
DRIVER_MAX_SECONDS = 180


@dataclass(frozen=True)
class Driver:
    name: str
    command: Callable[[Place], list[str]]


def python(major: int) -> Callable[[Place], list[str]]:
    return lambda place: [str(place.packages / f"hubspot-python-{major}/bin/python"), str(HERE / "hubspot/python/drive.py")]


def conversations(place: Place) -> list[str]:
    folder = "hubspot-conversations"
    return [str(place.packages / folder / "bin/python"), str(HERE / "hubspot/conversations/drive.py")]


def beside_autopilot(place: Place) -> list[str]:
    return [conversations(place)[0], str(HERE / "hubspot/conversations/beside_autopilot.py")]


def node(folder: str) -> Callable[[Place], list[str]]:
    return lambda place: ["node", str(place.packages / f"hubspot-{folder}/drive.mjs")]


DRIVERS = [
    Driver("Python hubspot-api-client 11.1.0", python(11)),
    Driver("Python hubspot-api-client 12.0.0", python(12)),
    Driver("Node @hubspot/api-client 14.0.1", node("node")),
    Driver("HubSpot's own MCP server 0.4.0", node("mcp-server")),
    Driver("Python arcade-hubspot-conversations-api 0.2.1", conversations),
]


BESIDE_AUTOPILOT = Driver("Python arcade-hubspot-conversations-api 0.2.1 beside the autopilot", beside_autopilot)
AUTOPILOT = """
mode = "reply"

[limits]
quiet_seconds = 0
"""


def run(place: Place) -> bool:
    """Runs each client on an account of its own, free of the records of the others."""
    alone = [passes(place, number, driver) for number, driver in enumerate(DRIVERS)]
    return all([*alone, passes_beside_autopilot(place)])


def passes_beside_autopilot(place: Place) -> bool:
    """Runs a client at an inbox that the autopilot answers meanwhile."""
    settings = place.output / "autopilot.toml"
    settings.write_text(AUTOPILOT)
    with frontdesk.sandbox(place.plain, place.output / "sandbox-autopilot.log") as hubspot:
        flags, environment = inbox.serving("webhooks", hubspot)
        command = [str(place.plain), "http", "--log-format", "text", *flags, "--autopilot", str(settings)]
        with frontdesk.serving(command, place.output / "autopilot.log", **environment) as address:
            inbox.subscribe(hubspot, f"http://{address}/webhooks/hubspot")
            return driven(place, BESIDE_AUTOPILOT, hubspot)


def passes(place: Place, number: int, driver: Driver) -> bool:
    with frontdesk.sandbox(place.plain, place.output / f"sandbox-{number}.log") as address:
        set_clock(address)
        return driven(place, driver, address)


def driven(place: Place, driver: Driver, address: str) -> bool:
    settings = frontdesk.environment(FRONTDESK_SANDBOX_URL=f"http://{address}")
    done = subprocess.run(
        driver.command(place), env=settings, capture_output=True, text=True, timeout=DRIVER_MAX_SECONDS, check=False
    )
    seen = sum(line.startswith("  ok  ") for line in done.stdout.splitlines())
    print(f"clients: hubspot: {driver.name}: exit {done.returncode}, {seen} as expected", flush=True)
    if done.returncode != 0:
        lines = [*done.stdout.splitlines()[-3:], *done.stderr.splitlines()[-20:]]
        print("".join(f"clients: FAILED hubspot: {line}\n" for line in lines), end="", flush=True)
    return done.returncode == 0 and seen > 0


def set_clock(address: str) -> None:
    request = urllib.request.Request(f"http://{address}/__sandbox/clock", json.dumps({"set": NOW}).encode(), method="POST")
    request.add_header("content-type", "application/json")
    with urllib.request.urlopen(request, timeout=10) as answer:
        answer.read()
