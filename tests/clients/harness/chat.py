"""The chat page in a headless Chromium, on a desk whose HubSpot is a process of its own: there people answer. Beside it the
three sides of a conversation, and the contact assistant of staff, each on a desk of its own."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from harness import frontdesk, page
from harness.clients import Place
from harness.login import free_port

DRIVE_MAX_SECONDS = 900
STAFF_TOKEN = "staff-0123456789abcdef"
CLAIM_SECRET = "the secret that the shop's server and the desk share"
HOURS = "".join(
    f'{day} = ["00:00-24:00"]\n'
    for day in ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
)


def run(place: Place, *scenes: str) -> bool:
    """Drives the page; what was seen is kept in a folder of pictures."""
    output = place.output / "chat"
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir()
    shop_port = free_port()
    settings = written(output / "chat.toml", settings_of(shop_port))
    hours = written(output / "hours.toml", f'zone = "America/New_York"\n[days]\n{HOURS}')
    sandbox_log = output / "sandbox.log"
    with frontdesk.sandbox(place.plain, sandbox_log) as hubspot:
        token = re.search(r"its token is `([^`]+)`", sandbox_log.read_text())[1]
        flags = ["--chat", "--chat-settings", str(settings), "--hours", str(hours), "--handoff", "ticket"]
        documents = str(place.root / "taskgraphs/docs/richtech")
        answers = ["--representative", "mei.tanaka@richtech.example", "--docs", documents]
        environment = {
            "HUBSPOT_BASE_URL": f"http://{hubspot}",
            "HUBSPOT_ACCESS_TOKEN": token,
            "FRONTDESK_STORE": str(output / "desk.db"),
            "FRONTDESK_CHAT_CLAIM_SECRET": CLAIM_SECRET,
        }
        office_settings = {"FRONTDESK_AUTH_TOKEN": STAFF_TOKEN}
        with (
            frontdesk.over_http(place.plain, output / "desk.log", *flags, *answers, **environment) as desk,
            frontdesk.over_http(place.plain, output / "panes.log", "--sandbox", "--chat") as panes,
            frontdesk.over_http(place.plain, output / "office.log", "--sandbox", "--assistant", **office_settings) as office,
        ):
            task = {
                "desk": f"http://{desk}",
                "hubspot": f"http://{hubspot}",
                "token": token,
                "executablePath": page.chromium(),
                "output": str(output),
                "shopPort": shop_port,
                "claimSecret": CLAIM_SECRET,
                "panes": f"http://{panes}",
                "office": {"address": f"http://{office}", "token": STAFF_TOKEN},
            }
            passed = driven(place, task, scenes)
    if passed and os.environ.get("UPDATE") == "1":
        shutil.copyfile(output / "panes.png", place.root / "docs/three-sides.png")
    return passed


def driven(place: Place, task: dict[str, object], scenes: tuple[str, ...]) -> bool:
    folder = place.packages / "chat"
    command = ["node", folder / "drive.mjs", json.dumps(task), *scenes]
    driving = subprocess.run(command, capture_output=True, text=True, timeout=DRIVE_MAX_SECONDS, check=False)
    print("".join(f"clients: chat: {line}\n" for line in driving.stdout.splitlines()), end="")
    print("".join(f"clients: FAILED chat: {line}\n" for line in driving.stderr.splitlines()), end="", flush=True)
    return driving.returncode == 0


def settings_of(shop_port: int) -> str:
    return f"""
[brand]
name = "Richtech"
address = "support@richtech.example"

[privacy]
notice = "We keep what you write to answer you."
url = "https://richtech.example/privacy"

[embed]
origins = ["http://localhost:{shop_port}"]

[limits]
messages_per_minute = 20
proxy_header = "x-forwarded-for"
"""


def written(file: Path, text: str) -> Path:
    file.write_text(text)
    return file
