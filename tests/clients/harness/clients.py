"""The clients, and one run of one of them: a transport and an era."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness import frontdesk
from harness.judge import Verdict, verdicts
from harness.silent import silent

RUN_MAX_SECONDS = 120
RUNS_AT_ONCE = 2
HERE = Path(__file__).parent.parent
STEPS: list[dict[str, Any]] = json.loads((HERE / "steps.json").read_text())

BOTH = ["legacy", "auto", "modern"]


@dataclass(frozen=True)
class Client:
    name: str
    script: str
    eras: dict[str, list[str]]
    """The eras of the protocol that the client supports, by transport; a missing transport is not supported."""


CLIENTS = [
    Client("TypeScript SDK 1.32.2", "sdk.mjs", {"stdio": ["legacy"], "http": ["legacy"], "sse": ["legacy"]}),
    Client("TypeScript client 2.4.0", "client.mjs", {"stdio": BOTH, "http": BOTH}),
    Client("Python mcp 2.3.0", "mcp_client.py", {"stdio": BOTH, "http": BOTH, "sse": ["legacy"]}),
    Client("fastmcp-slim 4.1.6", "fastmcp_client.py", {"stdio": BOTH, "http": BOTH, "sse": ["auto"]}),
    Client("rmcp 3.11.0", "rmcp", {"stdio": BOTH, "http": BOTH}),
    Client("inspector CLI 2.12.0", "inspector.mjs", {"stdio": BOTH, "http": BOTH, "sse": ["legacy"]}),
]


@dataclass(frozen=True)
class Run:
    client: Client
    transport: str
    era: str

    @property
    def slug(self) -> str:
        return f"{self.client.script.partition('.')[0]}-{self.transport}-{self.era}"


@dataclass(frozen=True)
class Outcome:
    run: Run
    verdicts: list[Verdict]
    lines: list[dict[str, Any]]


@dataclass(frozen=True)
class Place:
    root: Path
    plain: Path
    """The binary as released."""
    with_fixtures: Path
    """The binary with the tools of the conformance suite, one of which asks the user."""
    rmcp_client: Path
    model_talk: Path
    """A conversation by the model brain, over standard streams."""
    packages: Path
    """The folder of installed packages, with one subfolder per list."""
    output: Path

    @property
    def node_folder(self) -> Path:
        """The npm packages of the clients, and copies of the scripts that use them."""
        return self.packages / "node"


def all_runs() -> list[Run]:
    return [Run(client, over, era) for client in CLIENTS for over, eras in client.eras.items() for era in eras]


def run_all(place: Place, runs: list[Run]) -> list[Outcome]:
    """Every run uses the same HTTP server: old and new clients side by side."""
    with frontdesk.over_http(place.with_fixtures, place.output / "desk.log", "--sandbox") as desk:
        with ThreadPoolExecutor(RUNS_AT_ONCE) as pool:
            return list(pool.map(lambda run: perform(place, run, desk), runs))


def perform(place: Place, run: Run, desk: str) -> Outcome:
    with ExitStack() as stack:
        hubspot = stack.enter_context(silent())
        settings = {"HUBSPOT_BASE_URL": hubspot.url, "HUBSPOT_ACCESS_TOKEN": "none"}
        slow = ""
        if run.transport != "stdio":
            log = place.output / f"{run.slug}.slow.log"
            slow = stack.enter_context(frontdesk.over_http(place.with_fixtures, log, **settings))
        task = {
            "transport": run.transport,
            "era": run.era,
            "silent": hubspot.url,
            "desk": target(place, desk, ["--sandbox"], {}),
            "slow": target(place, slow, [], settings),
        }
        lines = played(place, run, task)
    return Outcome(run, verdicts({"era": run.era, "transport": run.transport}, STEPS, lines), lines)


def target(place: Place, address: str, flags: list[str], settings: dict[str, str]) -> dict[str, Any]:
    return {
        "command": [str(place.with_fixtures), "stdio", *flags],
        "env": frontdesk.environment(**settings),
        "url": f"http://{address}/mcp",
        "sse_url": f"http://{address}/sse",
    }


def played(place: Place, run: Run, task: dict[str, Any]) -> list[dict[str, Any]]:
    command = [*interpreter(place, run.client.script), json.dumps(task), str(HERE / "steps.json")]
    log = (place.output / f"{run.slug}.log").open("w")
    try:
        process = subprocess.run(command, stdout=subprocess.PIPE, stderr=log, timeout=RUN_MAX_SECONDS, check=False)
        output = process.stdout
    except subprocess.TimeoutExpired as late:
        output = late.stdout or b""
    return [json.loads(line) for line in output.splitlines() if line.startswith(b"{")]


def interpreter(place: Place, script: str) -> list[str]:
    if script == "rmcp":
        return [str(place.rmcp_client)]
    if script.endswith(".py"):
        return [sys.executable, str(HERE / "python" / script)]
    return ["node", str(place.node_folder / script)]
