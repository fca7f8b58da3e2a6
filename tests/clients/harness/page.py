"""The inspector's web page, driven once in a headless Chromium; the picture of it is kept."""

import os
import shutil
import subprocess

from harness import frontdesk
from harness.clients import Place

PAGE_MAX_SECONDS = 180
INSTALL_MAX_SECONDS = 600
NAMES = ["chromium", "chromium-browser", "google-chrome"]


def run(place: Place) -> bool:
    picture = place.output / "inspector.png"
    picture.unlink(missing_ok=True)
    with frontdesk.over_http(place.plain, place.output / "page.log", "--sandbox") as address:
        command = ["node", place.node_folder / "page.mjs", f"http://{address}/mcp", chromium(), picture]
        driven = subprocess.run(command, capture_output=True, text=True, timeout=PAGE_MAX_SECONDS, check=False)
    print("".join(f"clients: page: {line}\n" for line in driven.stdout.splitlines()), end="")
    if driven.returncode != 0:
        print("".join(f"clients: FAILED page: {line}\n" for line in driven.stderr.splitlines()[-20:]), end="")
    return driven.returncode == 0 and picture.stat().st_size > 0


def chromium() -> str:
    """Finds Chromium: from the variable CHROMIUM, or installed, or else installs Debian's."""
    if found := os.environ.get("CHROMIUM") or installed():
        return found
    print("clients: page: installing Debian's chromium", flush=True)
    for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", "-qq", *command], stdout=subprocess.DEVNULL, timeout=INSTALL_MAX_SECONDS, check=True)
    if found := installed():
        return found
    raise RuntimeError(f"none of {NAMES} is there; set CHROMIUM to a browser's path")


def installed() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)
