"""The inspector's lint of the tool schemas, which must find nothing at all, warnings included."""

import os
import subprocess

from harness.clients import Place

LINT_MAX_SECONDS = 60
LAUNCHER = "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js"


def run(place: Place) -> bool:
    command = ["node", place.node_folder / LAUNCHER, "--cli", place.plain, "stdio", "--sandbox", "--log", "error"]
    lint = subprocess.run(
        [*command, "--method", "tools/list", "--format", "json", "--strict"],
        capture_output=True,
        text=True,
        timeout=LINT_MAX_SECONDS,
        check=False,
        env={**os.environ, "MCP_CATALOG_PATH": str(place.output / "catalog.json")},
    )
    # Only the report of the lint is written there, since the server logs nothing at this level.
    found = [line for line in lint.stderr.splitlines() if line.strip()]
    print(f"clients: inspector --strict: exit {lint.returncode}, {len(found)} line(s) of problems")
    print("".join(f"clients:   {line}\n" for line in found), end="")
    return lint.returncode == 0 and not found and '"tools"' in lint.stdout
