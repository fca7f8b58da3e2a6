"""`frontdesk login` against the embedded HubSpot, with a headless Chromium in the place of the person's browser."""

import json
import socket
import stat
import subprocess
import urllib.request
from pathlib import Path

from harness import frontdesk, page
from harness.clients import Place

APP_ID = 8190702
CLIENT_ID = "5ab0dec0-0c11-4e17-8a1d-5a0db0cad351"
CLIENT_SECRET = "5ab0dec0-5ec2-4e70-9b1d-5a0db0cad352"
"""The default app of the embedded HubSpot, see docs/sandbox.md."""
STEP_MAX_SECONDS = 120


def run(place: Place) -> bool:
    """A person cancels, and then connects; the login then works for `frontdesk check`."""
    with frontdesk.sandbox(place.plain, place.output / "login-sandbox.log") as address:
        return all([cancels(place, address), connects(place, address)])


def cancels(place: Place, hubspot: str) -> bool:
    kept = place.output / "login-cancelled.json"
    kept.unlink(missing_ok=True)
    status, said = log_in(place, hubspot, kept, "Cancel")
    return told(status != 0 and "access_denied" in said and not kept.exists(), "a login that is cancelled", said)


def connects(place: Place, hubspot: str) -> bool:
    kept = place.output / "login.json"
    kept.unlink(missing_ok=True)
    status, said = log_in(place, hubspot, kept, "Connect app")
    is_private = kept.exists() and stat.S_IMODE(kept.stat().st_mode) == 0o600
    is_named = "Connected: portal 44237313, as daniel.ortiz@richtech.example" in said
    if not told(status == 0 and is_private and is_named, "a login", said):
        return False
    command = [place.plain, "check"]
    checked = subprocess.run(
        command, env=settings(hubspot, kept), capture_output=True, text=True, timeout=STEP_MAX_SECONDS, check=False
    )
    return told(checked.returncode == 0 and "The token works: portal 44237313" in checked.stdout, "the check", checked.stdout)


def log_in(place: Place, hubspot: str, kept: Path, button: str) -> tuple[int, str]:
    """Runs the command, lets the browser press a button on the page that it names, and returns its end and its words."""
    port = free_port()
    register(hubspot, f"http://localhost:{port}/oauth/callback")
    command = [place.plain, "login", "--client-id", CLIENT_ID, "--no-browser", "--port", str(port), "--wait", "120"]
    waiting = subprocess.Popen(
        command, env=settings(hubspot, kept), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        said = ""
        while not (line := waiting.stdout.readline()).strip().startswith("http"):
            said += line
            if not line:
                return waiting.wait(STEP_MAX_SECONDS), said
        picture = place.output / "login.png"
        browser = ["node", place.node_folder / "login.mjs", line.strip(), page.chromium(), picture, button]
        driven = subprocess.run(browser, capture_output=True, text=True, timeout=STEP_MAX_SECONDS, check=False)
        print("".join(f"clients: login: {text}\n" for text in driven.stdout.splitlines()), end="")
        if driven.returncode != 0:
            return driven.returncode, driven.stderr
        rest, _ = waiting.communicate(timeout=STEP_MAX_SECONDS)
        return waiting.returncode, said + rest
    finally:
        waiting.kill()
        waiting.wait()


def settings(hubspot: str, kept: Path) -> dict[str, str]:
    return frontdesk.environment(
        HUBSPOT_BASE_URL=f"http://{hubspot}", HUBSPOT_CREDENTIALS=str(kept), HUBSPOT_CLIENT_SECRET=CLIENT_SECRET
    )


def register(hubspot: str, redirect_uri: str) -> None:
    """Gives the app this redirect address alone."""
    app = {
        "name": "Front desk",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "redirect_uris": [redirect_uri],
    }
    body = json.dumps(app).encode()
    request = urllib.request.Request(f"http://{hubspot}/__sandbox/apps/{APP_ID}", data=body, method="PUT")
    with urllib.request.urlopen(request, timeout=STEP_MAX_SECONDS) as answer:
        assert answer.status == 200


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def told(is_good: bool, what: str, said: str) -> bool:
    if not is_good:
        print("".join(f"clients: FAILED login: {what}: {line}\n" for line in said.splitlines()[-20:]), end="")
    return is_good
