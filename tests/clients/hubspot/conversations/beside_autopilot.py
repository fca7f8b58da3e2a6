"""A public client of HubSpot's conversations works at the sandbox's inbox while the autopilot answers in it.

The client is the one of drive.py, and knows nothing of this project: what it reads is the autopilot's, and what it writes in the
name of an agent silences the autopilot like a person's words in HubSpot's own screens.
"""

import asyncio
import html
import time

from drive import MEI, ToSandbox, VERONICA, admin, call, expect, httpx, messages, send, tools

ANSWER_MAX_SECONDS = 60


def visitor(text, **more):
    return admin("visitor-messages", channel="chat", text=text, **more)["thread_id"]


def told(history):
    """What the visitor was told, without the widget's own greeting."""
    return [one for one in history if one["type"] == "MESSAGE" and one["direction"] == "OUTGOING"]


async def answered(thread, times):
    """The conversation once the visitor was told something for so many times."""
    end = time.monotonic() + ANSWER_MAX_SECONDS
    while time.monotonic() < end:
        history = await messages(thread)
        if len(told(history)) >= times:
            return history
        await asyncio.sleep(0.2)
    raise SystemExit(f"FAILED: thread {thread} was not answered {times} times")


async def walk_reply():
    thread = visitor("What is ADAM?", email="sarah@gmail.com")
    history = await answered(thread, 1)
    asked = next(one for one in history if one["type"] == "MESSAGE" and one["direction"] == "INCOMING")
    [reply] = told(history)
    first = reply["text"].splitlines()[0]
    expect(first and first in html.unescape(reply["richText"]), "the autopilot answers, as text and as HTML")
    expect(reply["client"]["clientType"] == "INTEGRATION", "as an app")
    same = [(one["channelId"], one["channelAccountId"]) for one in (asked, reply)]
    expect(same[0] == same[1], "over the channel of the question")
    one = await call(tools.retrieve_thread_message, thread_id=thread, message_id=reply["id"])
    expect(one == reply, "its reply is read as it is listed")
    return thread, asked


async def walk_silence(thread, asked):
    sent = await send(
        thread, type="MESSAGE", text="This is Mei, I take over.", richText="<p>This is Mei, I take over.</p>", attachments=[],
        recipients=[], senderActorId=f"A-{MEI}", channelId=asked["channelId"], channelAccountId=asked["channelAccountId"],
    )
    expect(sent["direction"] == "OUTGOING", "an agent answers through the client")
    visitor("Thanks, Mei. And the price?", thread=thread)
    # Conversations are answered in their order: once a later one is, this one was looked at.
    other = visitor("What is DUST-E?", email="tom.baker@harborviewhotel.com")
    await answered(other, 1)
    expect(len(told(await messages(thread))) == 2, "the autopilot is silent while an agent has the conversation")


async def walk_back(thread):
    closed = await call(tools.update_conversation_thread, thread_identifier=thread, thread_status="CLOSED")
    expect(closed["status"] == "CLOSED", "the client closes the conversation")
    visitor("What is ADAM?", thread=thread)
    history = await answered(thread, 3)
    expect(told(history)[-1]["createdBy"] != f"A-{MEI}", "the autopilot answers again")


async def walk_person():
    thread = visitor("I want to talk to a person", email="sarah@gmail.com")
    end = time.monotonic() + ANSWER_MAX_SECONDS
    found = {}
    while time.monotonic() < end and not found.get("assignedTo"):
        found = await call(tools.retrieve_thread_by_id, conversation_thread_id=thread)
        await asyncio.sleep(0.2)
    expect(found.get("assignedTo") == f"A-{VERONICA}", "the conversation goes to the owner of the contact")
    notes = [one["text"] for one in await messages(thread) if one["type"] == "COMMENT"]
    expect(any("Handed over by the autopilot." in note for note in notes), "with a summary for colleagues")


async def walk():
    tools.HTTP_CLIENT = httpx.AsyncClient(transport=ToSandbox(), follow_redirects=True)
    thread, asked = await walk_reply()
    await walk_silence(thread, asked)
    await walk_back(thread)
    await walk_person()


if __name__ == "__main__":
    asyncio.run(walk())
