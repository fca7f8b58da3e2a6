"""The official Python client that follows a conversation: it subscribes to its resource and waits for the next message.

Prints one JSON line: the address that it was told of, and the text that its long poll ended with. The customer's words are
written while both wait, by the embedded HubSpot's admin plane.
"""

import asyncio
import contextlib
import json
import sys
import urllib.request
import warnings
from collections.abc import AsyncIterator
from typing import Any

from mcp import Client

STEP_MAX_SECONDS = 30
TASK: dict[str, Any] = json.loads(sys.argv[1])
MODES = {"legacy": "legacy", "modern": "2026-07-28"}

# Subscribing is deprecated, and what older clients do.
warnings.simplefilter("ignore")


def writes(**message: Any) -> dict[str, str]:
    """The customer writes; the ids of thread and message."""
    address = f"http://{TASK['hubspot']}/__sandbox/conversations/visitor-messages"
    request = urllib.request.Request(address, data=json.dumps(message).encode(), method="POST")
    with urllib.request.urlopen(request, timeout=STEP_MAX_SECONDS) as answer:
        return json.loads(answer.read())


@contextlib.asynccontextmanager
async def told_of(client: Client, uri: str, heard: asyncio.Queue[str]) -> AsyncIterator[None]:
    """Puts the addresses of changed resources into the queue, by the way of the era."""
    if TASK["era"] == "legacy":
        await client.subscribe_resource(uri)
        yield
        return
    async with client.listen(resource_subscriptions=[uri]) as subscription:

        async def listen() -> None:
            async for event in subscription:
                heard.put_nowait(event.uri)

        listening = asyncio.create_task(listen())
        yield
        listening.cancel()


async def watch() -> dict[str, Any]:
    heard: asyncio.Queue[str] = asyncio.Queue()

    async def on_message(message: Any) -> None:
        updated = getattr(getattr(message, "params", None), "uri", None)
        if updated is not None and TASK["era"] == "legacy":
            heard.put_nowait(str(updated))

    thread = writes(channel="chat", email="sarah@gmail.com", text="Where is my robot?")["thread_id"]
    async with Client(TASK["url"], mode=MODES[TASK["era"]], message_handler=on_message) as client:
        read = lambda more: client.call_tool("read_conversation", {"conversation_id": thread, **more})  # noqa: E731
        last = (await read({})).structured_content["messages"][-1]["message_id"]
        async with told_of(client, f"conversation://{thread}", heard):
            waiting = asyncio.create_task(read({"after": last, "wait_seconds": 20}))
            await asyncio.sleep(0.5)
            await asyncio.to_thread(writes, channel="chat", thread=thread, text="It is the blue one")
            [message] = (await waiting).structured_content["messages"]
            uri = await heard.get()
        return {"version": client.protocol_version, "told": uri == f"conversation://{thread}", "text": message["customer_text"]}


async def main() -> None:
    async with asyncio.timeout(STEP_MAX_SECONDS):
        print(json.dumps(await watch()), flush=True)


asyncio.run(main())
