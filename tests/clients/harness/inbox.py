"""Real clients of both eras that follow a conversation: HubSpot's webhook reaches them, and polling does."""

import json
import socket
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

from harness import frontdesk
from harness.clients import Place, interpreter

APP_ID = 2438486
CLIENT_SECRET = "5ab0dec0-5ec2-4e70-9b1d-5a0db0cad352"
TOKEN = "pat-na1-sandbox"
"""Of the embedded HubSpot, see docs/sandbox.md."""
WATCH_MAX_SECONDS = 60
ERAS = ["legacy", "modern"]
WATCHERS = {"Python mcp 2.3.0": "watch.py", "TypeScript client 2.4.0": "watch.mjs"}
"""The clients that follow a conversation, by their scripts."""


def run(place: Place) -> bool:
    return all([follows(place, "webhooks"), follows(place, "polling")])


def follows(place: Place, way: str) -> bool:
    with frontdesk.sandbox(place.plain, place.output / f"inbox-{way}-sandbox.log") as hubspot:
        flags, settings = serving(way, hubspot)
        log = place.output / f"inbox-{way}.log"
        with frontdesk.serving([str(place.plain), "http", "--log-format", "text", *flags], log, **settings) as address:
            if way == "webhooks":
                subscribe(hubspot, f"http://{address}/webhooks/hubspot")
            runs = [(client, era) for client in WATCHERS for era in ERAS]
            return all([watched(place, client, way, era, hubspot, address) for client, era in runs])


def serving(way: str, hubspot: str) -> tuple[list[str], dict[str, str]]:
    """The flags and the settings of a server that hears of conversations in this way."""
    settings = {"HUBSPOT_BASE_URL": f"http://{hubspot}", "HUBSPOT_ACCESS_TOKEN": TOKEN, "FRONTDESK_STORE": ":memory:"}
    if way == "polling":
        return ["--bind", "127.0.0.1:0", "--poll"], settings
    address = f"127.0.0.1:{free_port()}"
    return ["--bind", address, "--public-url", f"http://{address}"], settings | {"HUBSPOT_CLIENT_SECRET": CLIENT_SECRET}


def subscribe(hubspot: str, target: str) -> None:
    app = {
        "client_secret": CLIENT_SECRET,
        "target_url": target,
        "subscriptions": [{"type": "conversation.newMessage"}],
    }
    address = f"http://{hubspot}/__sandbox/webhooks/{APP_ID}"
    request = urllib.request.Request(address, data=json.dumps(app).encode(), method="PUT")
    with urllib.request.urlopen(request, timeout=WATCH_MAX_SECONDS) as answer:
        answer.read()


def watched(place: Place, client: str, way: str, era: str, hubspot: str, address: str) -> bool:
    task = {"era": era, "hubspot": hubspot, "url": f"http://{address}/mcp"}
    command = [*interpreter(place, WATCHERS[client]), json.dumps(task)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=WATCH_MAX_SECONDS, check=False)
        seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else {}
        why = done.stderr[-500:]
    except subprocess.TimeoutExpired:
        seen, why = {}, "it hangs"
    is_good = seen.get("told") is True and seen.get("text") == "It is the blue one"
    sign = "told, and its wait ended" if is_good else f"FAILED {seen} {why}"
    print(f"clients: inbox: {client}: {way}, {era} ({seen.get('version')}): {sign}", flush=True)
    return is_good


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
