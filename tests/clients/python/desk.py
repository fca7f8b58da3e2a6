"""The common part of the Python clients: running the steps and printing the results.

A client script says how it connects and how it does one thing; `run` walks it through the steps of ../steps.json and
prints one JSON line a step. It judges nothing: the harness compares what was seen with what is expected, so that every
client of every language is held to the same words.
"""

import asyncio
import json
import logging
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Protocol

STEP_MAX_SECONDS = 20
"""The longest a step may take; a step that hangs has failed."""
DROP_MAX_SECONDS = 3
"""The longest the server may take to abort the request of a cancelled call."""
POLL_SECONDS = 0.02

TASK: dict[str, Any] = json.loads(sys.argv[1])
STEPS: list[dict[str, Any]] = json.loads(Path(sys.argv[2]).read_text())
MODES = {"legacy": "legacy", "auto": "auto", "modern": "2026-07-28"}

# The clients log servers that they end by a signal, and this output is for the harness alone.
logging.disable(logging.CRITICAL)


class Asked:
    """The client's answer to elicitations, and how often it was asked."""

    def __init__(self) -> None:
        self.count = 0
        self.answer: dict[str, Any] = {}


class Desk(Protocol):
    version: str | None
    asked: Asked

    async def names(self) -> dict[str, list[str]]: ...
    async def call(self, tool: str, given: dict[str, Any]) -> Any: ...
    async def prompt(self, name: str, given: dict[str, str]) -> Any: ...
    async def resource(self, uri: str) -> Any: ...


Connect = Callable[[dict[str, Any]], AbstractAsyncContextManager[Desk]]


def run(connect: Connect) -> None:
    asyncio.run(walk(connect))


async def walk(connect: Connect) -> None:
    try:
        async with connect(TASK["desk"]) as desk:
            show("connect", {"seen": {"version": desk.version}})
            for step in STEPS:
                await attempt(step, desk, connect)
    except BaseException as error:
        show("connect", {"failed": describe(error)})


async def attempt(step: dict[str, Any], desk: Desk, connect: Connect) -> None:
    try:
        async with asyncio.timeout(STEP_MAX_SECONDS):
            show(step["step"], {"seen": await act(step, desk, connect)})
    except Exception as error:
        show(step["step"], {"failed": describe(error)})


async def act(step: dict[str, Any], desk: Desk, connect: Connect) -> dict[str, Any]:
    match step["kind"]:
        case "list":
            return await desk.names()
        case "prompt":
            given = await desk.prompt(step["prompt"], step["arguments"])
            return {"text": "".join(getattr(message.content, "text", "") for message in given.messages)}
        case "resource":
            return await desk.resource(step["uri"])
        case "call":
            return await call(step, desk)
        case "cancel":
            return await cancel(step, connect)
    raise ValueError(f"no client does `{step['kind']}`")


async def call(step: dict[str, Any], desk: Desk) -> dict[str, Any]:
    given = await prepared(step, desk) if "before" in step else step["arguments"]
    desk.asked.count, desk.asked.answer = 0, step.get("answer", {})
    seen = result(await desk.call(step["tool"], given))
    return seen | {"asked": desk.asked.count} if "answer" in step else seen


async def prepared(step: dict[str, Any], desk: Desk) -> dict[str, Any]:
    """An argument `$name` is the field `name` of another tool's answer."""
    before, take = step["before"], step["before"]["take"]
    found = result(await desk.call(before["tool"], before["arguments"]))["structured"]
    return {name: found[take] if value == f"${take}" else value for name, value in step["arguments"].items()}


async def cancel(step: dict[str, Any], connect: Connect) -> dict[str, Any]:
    """Calls a tool whose HubSpot never answers, cancels the call, and checks that the server aborts its request."""
    async with connect(TASK["slow"]) as slow:
        await slow.names()
        running = asyncio.create_task(slow.call(step["tool"], step["arguments"]))
        await until(lambda waiting: waiting > 0, STEP_MAX_SECONDS)
        start = time.monotonic()
        running.cancel()
        await asyncio.wait([running])
        ended_ms = round((time.monotonic() - start) * 1000)
        if not running.cancelled():
            raise RuntimeError(f"the cancelled call was answered: {running.exception() or running.result()}")
        dropped = await until(lambda waiting: waiting == 0, DROP_MAX_SECONDS)
        names = await slow.names()
    return {"ended_ms": ended_ms, "hubspot_request_dropped": dropped, "still_answers": bool(names["tools"])}


async def until(holds: Callable[[int], bool], seconds: float) -> bool:
    """Waits until the silent HubSpot has the expected number of pending requests."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds(await asyncio.to_thread(waiting)):
            return True
        await asyncio.sleep(POLL_SECONDS)
    return False


def waiting() -> int:
    with urllib.request.urlopen(f"{TASK['silent']}/waiting", timeout=DROP_MAX_SECONDS) as answer:
        return int(answer.read())


def result(answer: Any) -> dict[str, Any]:
    """A tool's result as the harness reads it."""
    texts = [part.text for part in answer.content if part.type == "text"]
    return {"is_error": bool(answer.is_error), "text": "".join(texts), "structured": answer.structured_content}


async def pages(fetch: Callable[[str | None], Awaitable[Any]]) -> AsyncIterator[Any]:
    page = await fetch(None)
    yield page
    while page.next_cursor is not None:
        page = await fetch(page.next_cursor)
        yield page


def describe(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"[:500]


def show(step: str, outcome: dict[str, Any]) -> None:
    print(json.dumps({"step": step, **outcome}), flush=True)
