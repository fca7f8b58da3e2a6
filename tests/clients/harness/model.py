"""The model brain with model servers that nobody here wrote, and its requests before foreign judges.

aimock plays a model by a script; llmock fails on demand, and judges how the client bore it. Neither judges the requests, so
judge.py does. The scripts, the conversations and the judge stand in ../model/.
"""

import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness import frontdesk
from harness.clients import HERE, Place

FILES = HERE / "model"
KEY = "test-key"
START_MAX_SECONDS = 30
TALK_MAX_SECONDS = 60
JUDGE_MAX_SECONDS = 60
REQUESTS_MIN = 30
"""The fewest requests that the conversations make: a journal that was not found has none."""


def run(place: Place) -> bool:
    conversations: list[dict[str, Any]] = json.loads((FILES / "conversations.json").read_text())
    with aimock(place) as first, llmock(place) as second:
        servers = {"aimock": first, "llmock": second}
        failures = [failure for talk in conversations for failure in problems(place, talk, servers[talk["server"]])]
        requests = [*journal(f"{first}/__aimock/journal"), *journal(f"{second}/_llmock/requests")]
        borne = verdict(place, second)
    judged = judge(place, requests)
    print(f"clients: model: {len(conversations)} conversations, {len(requests)} requests", flush=True)
    if len(requests) < REQUESTS_MIN:
        failures.append(f"only {len(requests)} requests were seen")
    failures += [*judged, *borne]
    print("".join(f"clients: FAILED model: {failure}\n" for failure in failures), end="", flush=True)
    return not failures


@contextmanager
def aimock(place: Place) -> Iterator[str]:
    port = free_port()
    command = ["node", str(place.packages / "model-node/node_modules/@copilotkit/aimock/dist/cli.js")]
    command += ["-p", str(port), "-f", str(FILES / "desk.json"), "--strict", "--log-level", "warn"]
    settings = {"AIMOCK_API_KEYS": KEY, "AIMOCK_STRICT_TURN_INDEX": "1"}
    with serving(command, place.output / "aimock.log", f"http://127.0.0.1:{port}", "/__aimock/health", settings) as url:
        yield url


@contextmanager
def llmock(place: Place) -> Iterator[str]:
    port = free_port()
    command = [str(place.packages / "model-python/bin/llmock"), "serve", "--port", str(port), "--log-level", "warning"]
    with serving(command, place.output / "llmock.log", f"http://127.0.0.1:{port}", "/_llmock/requests", {}) as url:
        yield url


@contextmanager
def serving(command: list[str], log: Path, url: str, health: str, settings: dict[str, str]) -> Iterator[str]:
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=frontdesk.environment(**settings))
    try:
        wait_for(process, f"{url}{health}", log)
        yield url
    finally:
        process.terminate()
        process.wait(frontdesk.STOP_MAX_SECONDS)


def wait_for(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + START_MAX_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            asked("GET", url)
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"the model server did not start: {log.read_text()[-1000:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def problems(place: Place, talk: dict[str, Any], url: str) -> list[str]:
    """Holds one conversation on an account of its own; returns each difference from what is expected."""
    if talk["server"] == "llmock":
        asked("POST", f"{url}/_llmock/scenario", {"behaviors": talk["faults"]})
    said = "".join(f"{turn['says']}\n" for turn in talk["turns"])
    begun = time.monotonic()
    done = subprocess.run(
        [str(place.model_talk), "--model-url", f"{url}/v1", "--model", "gpt-5-mini", *talk.get("flags", [])],
        input=said,
        env=frontdesk.environment(FRONTDESK_MODEL_KEY=KEY),
        capture_output=True,
        text=True,
        timeout=TALK_MAX_SECONDS,
        check=False,
    )
    seconds = time.monotonic() - begun
    turns = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode != 0 or len(turns) != len(talk["turns"]):
        return [f"{talk['name']}: exit {done.returncode} after {len(turns)} turns: {done.stderr[-500:]}"]
    pairs = list(zip(talk["turns"], turns, strict=True))
    found = [f"{talk['name']}: {wrong}" for wanted, turn in pairs for wrong in differences(wanted, turn)]
    if seconds < talk.get("seconds_min", 0):
        found.append(f"{talk['name']}: over after {seconds:.1f} s, before the server allowed it")
    return found


def differences(wanted: dict[str, Any], turn: dict[str, Any]) -> list[str]:
    """Without `calls` none is expected; null stands for any."""
    expected = {"calls": None if wanted.get("failed") else [], "failed": None, **wanted}
    expected = {name: value for name, value in expected.items() if name != "says" and not (name == "calls" and value is None)}
    return [f"{name} is {turn[name]!r}, not {value!r}" for name, value in expected.items() if turn[name] != value]


def journal(url: str) -> list[dict[str, Any]]:
    entries = asked("GET", url)
    entries = entries if isinstance(entries, list) else entries.get("requests", entries.get("entries", []))
    bodies = [entry.get("body") for entry in entries]
    return [{k: v for k, v in body.items() if not k.startswith("_")} for body in bodies if isinstance(body, dict) and "messages" in body]


def judge(place: Place, requests: list[dict[str, Any]]) -> list[str]:
    (place.output / "model-requests.jsonl").write_text("".join(f"{json.dumps(body)}\n" for body in requests))
    done = subprocess.run(
        [str(place.packages / "model-python/bin/python"), str(FILES / "judge.py")],
        input=(place.output / "model-requests.jsonl").read_text(),
        capture_output=True,
        text=True,
        timeout=JUDGE_MAX_SECONDS,
        check=False,
    )
    return [] if done.returncode == 0 else [*done.stdout.splitlines(), *done.stderr.splitlines()[-3:]]


def verdict(place: Place, url: str) -> list[str]:
    command = [str(place.packages / "model-python/bin/llmock"), "report", "--url", url, "--strict"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=JUDGE_MAX_SECONDS, check=False)
    return [] if done.returncode == 0 else [line for line in [*done.stdout.splitlines(), *done.stderr.splitlines()] if line]


def asked(method: str, url: str, body: Any = None) -> Any:
    request = urllib.request.Request(url, method=method, data=None if body is None else json.dumps(body).encode())
    request.add_header("content-type", "application/json")
    request.add_header("authorization", f"Bearer {KEY}")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read() or b"null")
