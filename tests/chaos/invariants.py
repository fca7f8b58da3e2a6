"""What has to hold, read from what HubSpot has and from its log of requests."""

from datetime import datetime

from chaos.customers import Inbox, is_reply
from chaos.ledger import Ledger

WINDOW_SECONDS = 10.0


def check(ledger: Ledger, state: dict, log: list[dict], inbox: Inbox) -> list[str]:
    """The broken promises."""
    return [*ledger.findings, *writes(ledger, state), *replies(ledger, state), *answers(ledger, inbox), *throttled(log)]


def writes(ledger: Ledger, state: dict) -> list[str]:
    """What was acknowledged is there once; what was not is there once at most."""
    wrong = []
    records = all_records(state)
    for write in ledger.writes.values():
        found = sum(holds(record, write.mark) for record in records[write.kind])
        if found > 1 or (found == 0 and write.acknowledged):
            wrong.append(f"{write.kind} {write.mark} ({write.outcome}) is there {found} times")
    return wrong


def all_records(state: dict) -> dict[str, list[list[str]]]:
    """The words of all records, by the kind of write that makes them."""
    types = {"contacts": "contact", "tickets": "ticket", "notes": "note", "0-1": "contact", "0-5": "ticket", "0-46": "note"}
    found: dict[str, list[list[str]]] = {"contact": [], "ticket": [], "note": []}
    for name, records in state["records"].items():
        kind = types.get(name)
        for record in (records.values() if isinstance(records, dict) else records) if kind else []:
            found[kind].append(words(record))
    return found


def words(value: object) -> list[str]:
    """All words of a record's present values."""
    if isinstance(value, dict):
        return [word for name, one in value.items() if name not in ("history", "log") for word in words(one)]
    if isinstance(value, list):
        return [word for one in value for word in words(one)]
    return str(value).replace("@", " ").replace(">", " ").split()


def holds(record: list[str], mark: str) -> bool:
    return mark in record


def replies(ledger: Ledger, state: dict) -> list[str]:
    """Between two turns of a customer nothing is said twice, and an answer comes before the next words."""
    wrong = []
    threads = {str(thread["id"]): thread["messages"] for thread in state["threads"]}
    for said in ledger.said:
        messages = threads.get(said.thread, [])
        ids = [message["id"] for message in messages]
        if said.messages[-1] not in ids:
            wrong.append(f"thread {said.thread}: a message of the customer is gone")
            continue
        after = messages[ids.index(said.messages[-1]) + 1:]
        told = []
        for message in after:
            if message["content"].get("direction") == "INCOMING":
                break
            if is_reply(message):
                told.append(message["content"].get("text"))
        if len(told) != len(set(told)):
            wrong.append(f"thread {said.thread}: said twice: {told}")
        if len(told) > 2:
            wrong.append(f"thread {said.thread}: {len(told)} replies to one turn: {told}")
        is_followed = any(message["content"].get("direction") == "INCOMING" for message in after)
        if is_followed and said.answered is not None and not told:
            wrong.append(f"thread {said.thread}: the answer came after the next words")
    return wrong


def answers(ledger: Ledger, inbox: Inbox) -> list[str]:
    """Every customer has an answer, or a person has the conversation."""
    waiting = [said for said in ledger.said if inbox.end_of(said) is None]
    return [f"thread {said.thread}: nobody has answered {said.messages}" for said in waiting]


def throttled(log: list[dict]) -> list[str]:
    """Of each window HubSpot refuses one request at most: after the first, all replicas wait."""
    wrong, first, further = [], None, 0
    for at in [*refusals(log), float("inf")]:
        if first is not None and at - first < WINDOW_SECONDS:
            further += 1
            continue
        if further:
            wrong.append(f"HubSpot answered {further} further requests with 429 in the ten seconds from {clock(first)}")
        first, further = at, 0
    return wrong


def refusals(log: list[dict]) -> list[float]:
    return sorted(time_of(request) for request in log if request["status"] == 429)


def time_of(request: dict) -> float:
    return datetime.fromisoformat(request["at"].replace("Z", "+00:00")).timestamp()


def clock(at: float) -> str:
    return datetime.fromtimestamp(at).strftime("%H:%M:%S")
