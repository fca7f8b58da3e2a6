"""The official Python client: both eras on stdio and Streamable HTTP, and the old HTTP+SSE transport."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mcp import Client
from mcp.client.sse import sse_client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp_types import ElicitResult

from desk import MODES, TASK, Asked, pages, run


class Desk:
    def __init__(self, client: Client, asked: Asked) -> None:
        self.client, self.asked, self.version = client, asked, client.protocol_version

    async def names(self) -> dict[str, list[str]]:
        client = self.client
        return {
            "tools": [tool.name async for page in pages(lambda at: client.list_tools(cursor=at)) for tool in page.tools],
            "prompts": [
                prompt.name async for page in pages(lambda at: client.list_prompts(cursor=at)) for prompt in page.prompts
            ],
            "resources": [
                str(resource.uri)
                async for page in pages(lambda at: client.list_resources(cursor=at))
                for resource in page.resources
            ],
        }

    async def call(self, tool: str, given: dict[str, Any]) -> Any:
        return await self.client.call_tool(tool, given)

    async def prompt(self, name: str, given: dict[str, str]) -> Any:
        return await self.client.get_prompt(name, given)

    async def resource(self, uri: str) -> dict[str, Any]:
        [content] = (await self.client.read_resource(uri)).contents
        return {"text": content.text, "mime_type": content.mime_type}


def transport(target: dict[str, Any]) -> Any:
    if TASK["transport"] == "http":
        return target["url"]
    if TASK["transport"] == "sse":
        return sse_client(target["sse_url"])
    command, *args = target["command"]
    errors = open("/dev/null", "w")  # noqa: SIM115 -- lives as long as the server
    return stdio_client(StdioServerParameters(command=command, args=args, env=target["env"]), errlog=errors)


@asynccontextmanager
async def connect(target: dict[str, Any]) -> AsyncIterator[Desk]:
    asked = Asked()

    async def answer(_context: Any, _params: Any) -> ElicitResult:
        asked.count += 1
        return ElicitResult(action="accept", content=asked.answer)

    async with Client(transport(target), mode=MODES[TASK["era"]], elicitation_callback=answer) as client:
        yield Desk(client, asked)


run(connect)
