"""FastMCP's client: both eras on stdio and Streamable HTTP, and the old HTTP+SSE transport."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastmcp import Client
from fastmcp.client.transports import SSETransport, StdioTransport, StreamableHttpTransport

from desk import MODES, TASK, Asked, run


class Desk:
    def __init__(self, client: Client, asked: Asked) -> None:
        self.client, self.asked, self.version = client, asked, client.protocol_version

    async def names(self) -> dict[str, list[str]]:
        return {
            "tools": [tool.name for tool in await self.client.list_tools()],
            "prompts": [prompt.name for prompt in await self.client.list_prompts()],
            "resources": [str(resource.uri) for resource in await self.client.list_resources()],
        }

    async def call(self, tool: str, given: dict[str, Any]) -> Any:
        return await self.client.call_tool_mcp(tool, given)

    async def prompt(self, name: str, given: dict[str, str]) -> Any:
        return await self.client.get_prompt(name, given)

    async def resource(self, uri: str) -> dict[str, Any]:
        [content] = await self.client.read_resource(uri)
        return {"text": content.text, "mime_type": content.mime_type}


def transport(target: dict[str, Any]) -> Any:
    if TASK["transport"] == "http":
        return StreamableHttpTransport(target["url"])
    if TASK["transport"] == "sse":
        return SSETransport(target["sse_url"])
    command, *args = target["command"]
    return StdioTransport(command, args, env=target["env"], keep_alive=False, log_file=Path("/dev/null"))


@asynccontextmanager
async def connect(target: dict[str, Any]) -> AsyncIterator[Desk]:
    asked = Asked()

    async def answer(*_: Any) -> dict[str, Any]:
        asked.count += 1
        return asked.answer

    async with Client(transport(target), mode=MODES[TASK["era"]], elicitation_handler=answer) as client:
        yield Desk(client, asked)


run(connect)
