"""The binary under test as a process."""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_MAX_SECONDS = 20
STOP_MAX_SECONDS = 15


def environment(**settings: str) -> dict[str, str]:
    """The environment of the server, without the settings of the user's own HubSpot."""
    return {"PATH": os.environ.get("PATH", ""), **settings}


@contextmanager
def over_http(binary: Path, log: Path, *flags: str, **settings: str) -> Iterator[str]:
    """Serves MCP on a free port of this machine; yields its address, and stops it at the end."""
    command = [str(binary), "http", "--bind", "127.0.0.1:0", "--log-format", "text", *flags]
    with serving(command, log, **settings) as address:
        yield address


@contextmanager
def sandbox(binary: Path, log: Path) -> Iterator[str]:
    """Serves the embedded HubSpot alone; yields its address, and stops it at the end."""
    with serving([str(binary), "sandbox", "--bind", "127.0.0.1:0", "--log-format", "text"], log) as address:
        yield address


@contextmanager
def serving(command: list[str], log: Path, **settings: str) -> Iterator[str]:
    with log.open("w") as errors:
        process = subprocess.Popen(command, env=environment(**settings), stdout=subprocess.PIPE, stderr=errors)
    try:
        yield announced(process, log)
    finally:
        process.terminate()
        stopped(process, log)


def announced(process: subprocess.Popen[bytes], log: Path) -> str:
    end = time.monotonic() + START_MAX_SECONDS
    while time.monotonic() < end and process.poll() is None:
        if found := re.search(r"at http://([\d.]+:\d+)", log.read_text()):
            return found[1]
        time.sleep(0.02)
    raise RuntimeError(f"the server did not start: {log.read_text()[-1000:]}")


def stopped(process: subprocess.Popen[bytes], log: Path) -> None:
    try:
        output, _ = process.communicate(timeout=STOP_MAX_SECONDS)
    except subprocess.TimeoutExpired as late:
        process.kill()
        raise RuntimeError(f"the server did not stop within {STOP_MAX_SECONDS} s of SIGTERM, see {log}") from late
    if output:
        raise RuntimeError(f"the server wrote to its standard output: {output[:200]!r}")
    if process.returncode != 0:
        raise RuntimeError(f"the server ended with {process.returncode}, see {log}")
