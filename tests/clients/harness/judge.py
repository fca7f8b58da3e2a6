"""Compares a client's results with the expectations of ../steps.json, without processes or files."""

import json
import re
from dataclasses import dataclass
from typing import Any

MODERN = "2026-07-28"
LEGACY = "2025-11-25"
SHOWN_CHARACTERS_MAX = 600


@dataclass(frozen=True)
class Verdict:
    step: str
    outcome: str
    """`ok`, `failed`, or `absent`: the client or the server does not have it."""
    why: str = ""


def verdicts(run: dict[str, str], steps: list[dict[str, Any]], lines: list[dict[str, Any]]) -> list[Verdict]:
    """Returns one verdict per step, `connect` first; a step that the client never reached has failed."""
    by_step = {line["step"]: line for line in lines}
    tools = by_step.get("list", {}).get("seen", {}).get("tools", [])
    connected = verdict("connect", by_step.get("connect"), lambda seen: version_faults(run, seen["version"]))
    return [connected, *(of_step(step, by_step.get(step["step"]), tools) for step in steps)]


def of_step(step: dict[str, Any], line: dict[str, Any] | None, tools: list[str]) -> Verdict:
    if tools and "tool" in step and step["tool"] not in tools:
        return Verdict(step["step"], "absent", f"the server has no tool `{step['tool']}`")
    return verdict(step["step"], line, lambda seen: faults(step["expect"], seen))


def verdict(step: str, line: dict[str, Any] | None, judge: Any) -> Verdict:
    match line:
        case None:
            return Verdict(step, "failed", "the client never came to it")
        case {"absent": why}:
            return Verdict(step, "absent", why)
        case {"failed": why}:
            return Verdict(step, "failed", why)
    found = judge(line["seen"])
    return Verdict(step, "failed", "; ".join(found)) if found else Verdict(step, "ok")


def version_faults(run: dict[str, str], version: str | None) -> list[str]:
    """Accepts a client that does not report its revision, since a flag restricts it to its era."""
    expected = LEGACY if run["era"] == "legacy" or run["transport"] == "sse" else MODERN
    return [] if version in (expected, None) else [f"agreed on {version}, expected {expected}"]


def faults(expect: dict[str, Any], seen: dict[str, Any]) -> list[str]:
    """Describes the differences; empty if there are none."""
    found = [fault for name, wanted in expect.items() for fault in RULES[name](wanted, seen)]
    return [*found, f"saw {json.dumps(seen)[:SHOWN_CHARACTERS_MAX]}"] if found else []


def contains_all(field: str) -> Any:
    def rule(wanted: list[str], seen: dict[str, Any]) -> list[str]:
        missing = [name for name in wanted if name not in seen[field]]
        twice = sorted({name for name in seen[field] if seen[field].count(name) > 1})
        return [f"{field}: no {missing}"] * bool(missing) + [f"{field}: more than once {twice}"] * bool(twice)

    return rule


def equals(field: str) -> Any:
    return lambda wanted, seen: [] if seen[field] == wanted else [f"{field}: expected {wanted!r}"]


def fields(wanted: dict[str, str], given: Any) -> list[str]:
    if not isinstance(given, dict):
        return [f"no object with {sorted(wanted)}"]
    unlike = {name: pattern for name, pattern in wanted.items() if not re.search(pattern, str(given.get(name, "")))}
    return [f"`{name}` is not like {pattern!r}" for name, pattern in unlike.items()]


def parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def copy_faults(_wanted: bool, seen: dict[str, Any]) -> list[str]:
    same = parsed(seen["text"]) == seen["structured"] and seen["structured"] is not None
    return [] if same else ["the text is not the structured content"]


RULES: dict[str, Any] = {
    "tools": contains_all("tools"),
    "prompts": contains_all("prompts"),
    "resources": contains_all("resources"),
    "is_error": equals("is_error"),
    "asked": equals("asked"),
    "mime_type": equals("mime_type"),
    "still_answers": equals("still_answers"),
    "hubspot_request_dropped": equals("hubspot_request_dropped"),
    "fields": lambda wanted, seen: fields(wanted, seen["structured"]),
    "text_fields": lambda wanted, seen: fields(wanted, parsed(seen["text"])),
    "text_contains": lambda wanted, seen: [] if wanted in seen["text"] else [f"the text has no {wanted!r}"],
    "text_is_the_structured_content": copy_faults,
    "no_structured_content": lambda _, seen: [] if seen["structured"] is None else ["structured content in a failure"],
    "ended_within_ms": lambda most, seen: [] if seen["ended_ms"] <= most else [f"ended only after {seen['ended_ms']} ms"],
}
