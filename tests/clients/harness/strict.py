"""The inspector's lint of the tool schemas, which must find nothing at all, warnings included."""

import os
import re
import subprocess

from harness.clients import Place

LINT_MAX_SECONDS = 60
LAUNCHER = "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js"


def run(place: Place) -> bool:
    command = ["node", place.node_folder / LAUNCHER, "--cli", place.binary, "stdio", "--sandbox"]
    lint = subprocess.run(
        [*command, "--method", "tools/list", "--format", "json", "--strict"],
        capture_output=True,
        text=True,
        timeout=LINT_MAX_SECONDS,
        check=False,
        env={**os.environ, "FRONTDESK_LOG": "error", "MCP_CATALOG_PATH": str(place.output / "catalog.json")},
    )
    found = problems(lint.stderr)
    print(f"clients: inspector --strict: exit {lint.returncode}, {len(found)} problem(s)")
    print("".join(f"clients:   {line}\n" for line in found), end="")
    return lint.returncode == 0 and not found


def problems(errors: str) -> list[str]:
    """Lines that speak of a schema; the server's own log lines and the inspector's greetings do not."""
    return [line for line in errors.splitlines() if re.search(r"warning|error|portab", line, re.IGNORECASE)]
