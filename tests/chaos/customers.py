"""Customers and agents: over MCP, in HubSpot's inbox, and on the chat page. Each is a thread with its own chance."""

import random
import threading
import time

from chaos.house import HubSpot, Replica
from chaos.ledger import Ledger, Said, Write
from chaos.web import Broken, ask

ACTIONS_EACH_SECOND = 1.8
"""Of all customers together: an action costs three to six requests of the free tier's ten in a second."""
ANSWER_MAX_SECONDS = 360
"""A reply whose answer was lost is looked for in two minutes, and so is the comment that then tells a person; between them
claims of dead replicas end after half a minute."""
MESSAGES_EACH_THREAD = 3
SARAH = "84246479604"
QUESTIONS = [
    "How much does Adam cost?",
    "Do you deliver to Denmark?",
    "How long is the warranty of Matradee?",
    "What can Adam do?",
    "Where can I see a robot?",
]


class World:
    """What customers know of the world, and the pace that they keep together."""

    def __init__(self, front: str, replicas: list[Replica], hubspot: HubSpot, ledger: Ledger, options: object) -> None:
        self.front, self.replicas, self.hubspot, self.ledger, self.options = front, replicas, hubspot, ledger, options
        self.is_over = threading.Event()
        self.inbox = Inbox(hubspot, ledger)

    def pause(self, chance: random.Random) -> bool:
        """Waits for the next action; false at the end."""
        return not self.is_over.wait(chance.uniform(0.0, 2.0) * self.options.customers / ACTIONS_EACH_SECOND)


class Inbox:
    """HubSpot's inbox as its screens show it, which costs nothing of the quota."""

    def __init__(self, hubspot: HubSpot, ledger: Ledger) -> None:
        self.hubspot, self.ledger = hubspot, ledger
        self.threads: dict[str, dict] = {}
        self.changed = threading.Condition()
        self.is_over = threading.Event()
        threading.Thread(target=self.watch, daemon=True).start()

    def watch(self) -> None:
        while not self.is_over.wait(0.7):
            self.look()

    def look(self) -> None:
        state = self.hubspot.admin("GET", "state")
        with self.changed:
            self.threads = {str(thread["id"]): thread for thread in state["threads"]}
            self.changed.notify_all()

    def end_of(self, said: Said) -> str | None:
        """What ended the wait of a customer: a person who has the conversation now, or a reply."""
        thread = self.threads.get(said.thread)
        if thread is None:
            return None
        if thread.get("assignedTo") or any(is_hand_over(message) for message in thread["messages"]):
            return "person"
        ids = [message["id"] for message in thread["messages"]]
        if said.messages[-1] not in ids:
            return None
        after = thread["messages"][ids.index(said.messages[-1]) + 1:]
        return "reply" if any(is_reply(message) for message in after) else None

    def wait(self, said: Said, seconds: float) -> str | None:
        end = time.monotonic() + seconds
        with self.changed:
            while (ended := self.end_of(said)) is None and (left := end - time.monotonic()) > 0:
                self.changed.wait(min(left, 2))
        if ended is not None:
            said.answered = time.time()
        return ended


def is_reply(message: dict) -> bool:
    content = message["content"]
    return content.get("type") == "MESSAGE" and content.get("direction") == "OUTGOING"


def is_hand_over(message: dict) -> bool:
    """The autopilot's word to colleagues, also where HubSpot has nobody to assign."""
    content = message["content"]
    return content.get("type") == "COMMENT" and str(content.get("text")).startswith("Handed over by the autopilot")


def agent(world: World, number: int) -> None:
    """An agent over MCP, which writes into HubSpot and repeats nothing whose outcome it does not know."""
    chance = random.Random(f"{world.options.seed} agent {number}")
    step = 0
    while world.pause(chance):
        step += 1
        mark = f"chaos-{number}-{step}"
        act(world, chance.choice(["contact", "ticket", "ticket", "note"]), mark)
        if world.is_over.is_set():
            return
        call(world, "find_contact_by_email", {"email": "sarah@gmail.com"}, None)


def act(world: World, kind: str, mark: str) -> None:
    tool, arguments = {
        "contact": ("create_contact", {"properties": {"email": f"{mark}@chaos.example", "firstname": mark, "lastname": "Chaos"}}),
        "ticket": ("create_ticket", {"cus_cid": SARAH, "issue": f"{mark} beeps"}),
        "note": ("log_activity", {"contact": SARAH, "channel": "note", "text": f"{mark} was here"}),
    }[kind]
    write = world.ledger.write(kind, mark)
    for _ in range(3 if world.options.repeat else 1):
        write.outcome = call(world, tool, arguments, mark)
        write.acknowledged = write.outcome == "ok"
        # With a key of its own a call may be repeated: another replica answers what the first did.
        if write.outcome != "broken":
            return
        time.sleep(1)


def call(world: World, tool: str, arguments: dict, key: str | None) -> str:
    """Calls a tool without a session, so any replica may answer; `ok`, the code of the error, or `broken`."""
    params = {"name": tool, "arguments": arguments}
    if key and world.options.repeat:
        params["_meta"] = {"idempotency_key": key}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    accept = "application/json, text/event-stream"
    try:
        status, answer = ask("POST", f"{world.front}/mcp", message, accept=accept)
    except Broken:
        world.ledger.count(f"{tool}: broken")
        return "broken"
    outcome = outcome_of(status, answer)
    world.ledger.count(f"{tool}: {outcome}")
    return outcome


def outcome_of(status: int, answer: object) -> str:
    if not isinstance(answer, dict):
        return f"status {status}"
    result = answer.get("result")
    if result is None:
        return str((answer.get("error") or {}).get("message") or answer.get("code") or f"status {status}")[:60]
    if not result.get("isError"):
        return "ok"
    text = result["content"][0]["text"]
    return next((word.strip('"{}:,') for word in text.split('"') if word.endswith("_ERROR")), "error")


def customer(world: World, number: int) -> None:
    """A customer in HubSpot's inbox, who waits for an answer before the next words."""
    chance = random.Random(f"{world.options.seed} customer {number}")
    thread, messages = None, 0
    while world.pause(chance):
        written = []
        for text in chance.sample(QUESTIONS, chance.choice([1, 1, 1, 2])):
            body = {"channel": "chat", "text": text, **({"thread": thread} if thread else {
                "email": f"visitor-{number}@chaos.example", "name": f"Visitor {number}"})}
            answer = world.hubspot.admin("POST", "conversations/visitor-messages", body)
            thread = answer["thread_id"]
            written.append(answer["message_id"])
            messages += 1
        ended = world.inbox.wait(world.ledger.says(thread, written), ANSWER_MAX_SECONDS)
        if ended != "reply" or messages >= MESSAGES_EACH_THREAD:
            thread, messages = None, 0


def visitor(world: World, number: int) -> None:
    """A visitor of the chat page, who repeats what was not answered; each request goes to whichever replica comes next."""
    chance = random.Random(f"{world.options.seed} visitor {number}")
    home = f"{world.front}/chat/api"
    session, step, sent, seen = None, 0, 0, 0
    while world.pause(chance):
        try:
            if session is None:
                _, begun = ask("POST", f"{home}/start", {"language": "en"})
                session, sent, seen = begun.get("session"), 0, 0
                continue
            step += 1
            headers = {"authorization": f"Bearer {session}"}
            said = {"id": f"m{step}", "text": chance.choice(QUESTIONS)}
            for _ in range(3):
                status, answer = ask("POST", f"{home}/send", said, **headers)
                if status != 503:
                    break
                time.sleep(1)
            sent += status == 200
            status, events = ask("GET", f"{home}/events?after=0&wait=5", **headers)
        except Broken:
            world.ledger.count("chat: broken")
            continue
        if status != 200:
            world.ledger.count(f"chat: {(events or {}).get('code', status)}")
            if status == 404:
                world.ledger.finding(f"visitor {number}: the conversation of {seen} messages is gone")
                session = None
            continue
        world.ledger.count("chat: ok")
        seen = check_chat(world, number, events["events"], sent, seen)


def check_chat(world: World, number: int, events: list[dict], sent: int, seen: int) -> int:
    """Messages are numbered without a gap, none is there twice, and none that was seen is gone."""
    numbers = [event["number"] for event in events]
    if numbers != list(range(1, len(numbers) + 1)) or len(numbers) < seen:
        world.ledger.finding(f"visitor {number}: messages numbered {numbers} after {seen} were seen")
    own = [event["id"] for event in events if event["from"] == "visitor"]
    if len(own) != len(set(own)) or len(own) < sent:
        world.ledger.finding(f"visitor {number}: of {sent} messages that were taken, {own} are there")
    return len(numbers)


def begin(world: World) -> list[threading.Thread]:
    """All customers: two of five over MCP, two in the inbox, one on the chat page."""
    kinds = [agent, customer, agent, customer, visitor]
    threads = [
        threading.Thread(target=kinds[number % len(kinds)], args=(world, number), daemon=True)
        for number in range(world.options.customers)
    ]
    for thread in threads:
        thread.start()
    return threads
