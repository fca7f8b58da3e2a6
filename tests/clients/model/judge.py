"""Judges requests for chat completions, one JSON body a line on standard input: by OpenAI's own types, by Mistral's validator of
the order of messages, and by three rules that neither has. Prints a line for each problem, and ends with 1 if there is one."""

import json
import sys
from typing import Any

from mistral_common.protocol.instruct import request as mistral
from mistral_common.protocol.instruct import validator
from openai.types.chat import completion_create_params as openai
from pydantic import TypeAdapter

ONE = TypeAdapter(openai.CompletionCreateParamsNonStreaming)
STREAM = TypeAdapter(openai.CompletionCreateParamsStreaming)
KNOWN = set(openai.CompletionCreateParamsBase.__annotations__) | {"stream"}
FOR_ORDER = ("messages", "tools", "model", "tool_choice")


def problems(body: dict[str, Any]) -> list[str]:
    found = [f"unknown field {name}" for name in sorted(set(body) - KNOWN)]
    if "stream_options" in body and not body.get("stream"):
        found.append("stream_options without stream")
    if body.get("tools") == []:
        found.append("an empty list of tools")
    judges = [("types", by_types), ("order", by_order)]
    for name, judge in judges:
        try:
            judge(body)
        except Exception as error:  # Each judge has errors of its own.
            found.append(f"{name}: {' '.join(str(error).split())[:300]}")
    return found


def by_types(body: dict[str, Any]) -> None:
    walk((STREAM if body.get("stream") else ONE).validate_python(body, strict=True))


def walk(value: Any) -> None:
    """Reads everything: the types check lists only when they are read."""
    if isinstance(value, dict):
        for child in value.values():
            walk(child)
    elif not isinstance(value, str | bytes | int | float | bool | None):
        for child in value:
            walk(child)


def by_order(body: dict[str, Any]) -> None:
    asked = mistral.ChatCompletionRequest.from_openai(**{name: body[name] for name in FOR_ORDER if name in body})
    validator.MistralRequestValidatorV13(mode=validator.ValidationMode.serving).validate_request(asked)


def main() -> int:
    found = 0
    for number, line in enumerate(sys.stdin, 1):
        for problem in problems(json.loads(line)):
            print(f"request {number}: {problem}")
            found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
