"""Entry point; `tests/clients/run` starts it once everything is installed."""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from harness import chat, clients, conformance, generated, hubspot, inbox, login, matrix, model, page, strict
from harness.clients import Place

PARTS = ["clients", "conformance", "strict", "inbox", "page", "login", "chat", "hubspot", "model"]


def main() -> int:
    asked = arguments()
    root: Path = asked.root
    # The fixtures are built first, so that the plain binary remains in the target folder.
    fixtures = asked.binary or with_fixtures(root)
    has_own = {"clients", "model"} & set(asked.parts)
    folder = build(root) if has_own or not asked.binary else Path()
    place = Place(
        root=root,
        plain=(asked.binary or folder / "frontdesk").resolve(),
        with_fixtures=fixtures.resolve(),
        rmcp_client=folder / "examples/rmcp_client",
        model_talk=folder / "examples/model_talk",
        packages=root / "target/clients",
        output=root / "target/clients/out",
    )
    parts: dict[str, Callable[[], bool]] = {
        "clients": lambda: try_clients(place),
        "conformance": lambda: conformance.run(place),
        "strict": lambda: strict.run(place),
        "inbox": lambda: inbox.run(place),
        "page": lambda: page.run(place),
        "login": lambda: login.run(place),
        "chat": lambda: chat.run(place),
        "hubspot": lambda: hubspot.run(place),
        "model": lambda: model.run(place),
    }
    failed = [name for name in asked.parts if not passes(parts[name])]
    print("clients: all as expected" if not failed else f"clients: FAILED: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


def passes(part: Callable[[], bool]) -> bool:
    """Runs one part; a part that cannot be started has failed, and the others still run."""
    try:
        return part()
    except (RuntimeError, OSError, subprocess.SubprocessError) as error:
        print(f"clients: FAILED {error}", flush=True)
        return False


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/clients/run")
    parser.add_argument("--root", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--binary", type=Path, help="the binary to try; without it one is built, fixtures included")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; without one, all")
    asked = parser.parse_args()
    asked.parts = asked.parts or PARTS
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"there is no part {sorted(unknown)}; expected some of {PARTS}")
    return asked


def build(root: Path, *features: str) -> Path:
    """Builds the binary and our own clients, and returns their folder.

    All in one command: so the dependencies have the features that `cargo test` has given them, and are not built anew.
    """
    what = ["--bin", "frontdesk", "--example", "rmcp_client", "--example", "model_talk"]
    subprocess.run(["cargo", "build", "--quiet", "--locked", *what, *features], cwd=root, check=True)
    return Path(os.environ.get("CARGO_TARGET_DIR", root / "target")) / "debug"


def with_fixtures(root: Path) -> Path:
    """The binary with the suite's fixtures, kept apart so that the plain one can be built in the same place."""
    kept = root / "target/clients/frontdesk-with-fixtures"
    shutil.copy2(build(root, "--features", "conformance") / "frontdesk", kept)
    return kept


def try_clients(place: Place) -> bool:
    outcomes = clients.run_all(place, clients.all_runs())
    for outcome in outcomes:
        print(f"clients: {outcome.run.slug:32} {summary(outcome)}", flush=True)
    failures = [failure for outcome in outcomes for failure in failures_of(outcome)]
    print("".join(f"clients: FAILED {failure}\n" for failure in failures), end="")
    text = matrix.table(outcomes)
    (place.output / "matrix.md").write_text(text)
    return generated.check(place.root, "clients", text) and not failures


def failures_of(outcome: clients.Outcome) -> list[str]:
    """Only the connection step, if that has failed."""
    failed = [verdict for verdict in outcome.verdicts if verdict.outcome == "failed"]
    shown = failed[:1] if failed and failed[0].step == "connect" else failed
    return [f"{outcome.run.slug}: {verdict.step}: {verdict.why.strip()}" for verdict in shown]


def summary(outcome: clients.Outcome) -> str:
    return " ".join(f"{matrix.SIGNS[verdict.outcome]} {verdict.step}" for verdict in outcome.verdicts)


sys.exit(main())
