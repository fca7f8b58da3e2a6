"""A public client of HubSpot's conversations works a morning at the inbox of the sandbox.

`arcade-hubspot-conversations-api` has one function for each operation of the API, made from HubSpot's specification, and
knows nothing of this project. It always calls `api.hubapi.com`, so its HTTP client is given a way that ends at the
sandbox instead. Visitors and agents write over the sandbox's admin plane, since HubSpot's API begins no thread.
"""

import asyncio
import base64
import json
import os
import sys
import urllib.request
from importlib.metadata import version

import httpx
from arcade_core.errors import ToolRuntimeError
from arcade_core.schema import ToolAuthorizationContext, ToolContext
from arcade_hubspot_conversations_api import tools

URL = os.environ["FRONTDESK_SANDBOX_URL"].rstrip("/")
TOKEN = os.environ.get("FRONTDESK_SANDBOX_TOKEN", "pat-na1-sandbox")
SARAH, VERONICA, MEI = "84246479604", 9586504, 9586742
INBOX, HELP_DESK = "948000000", "948000001"

context = ToolContext(authorization=ToolAuthorizationContext(token=TOKEN))


class ToSandbox(httpx.AsyncHTTPTransport):
    """Sends the requests for HubSpot to the sandbox."""

    async def handle_async_request(self, request):
        sandbox = httpx.URL(URL)
        request.url = request.url.copy_with(scheme=sandbox.scheme, host=sandbox.host, port=sandbox.port)
        request.headers["host"] = sandbox.netloc.decode()
        return await super().handle_async_request(request)


def expect(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")
    print(f"  ok  {what}")


async def call(tool, **arguments):
    return (await tool(context, **arguments)).get("response_json")


async def refused(status, what, tool, *, by=context, **arguments):
    """The client raises its own errors, whose cause is the answer."""
    try:
        await tool(by, **arguments)
    except ToolRuntimeError as error:
        answer = error.__cause__.response
        expect((error.status_code, answer.status_code) == (status, status), f"{what}: {status}")
        return answer.json()
    sys.exit(f"FAILED: {what}: nothing was refused")


def admin(path, **body):
    request = urllib.request.Request(f"{URL}/__sandbox/conversations/{path}", json.dumps(body).encode(), method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


async def send(thread, **message):
    body = json.dumps(message)
    return await call(tools.send_conversation_message, mode=tools.ToolMode.EXECUTE, thread_id=thread, request_body=body)


async def messages(thread):
    found = (await call(tools.get_message_history_for_thread, thread_id=thread))["results"]
    return sorted(found, key=lambda one: one["createdAt"])


async def walk_inboxes():
    inboxes = await call(tools.list_conversation_inboxes)
    kinds = {one["id"]: one["type"] for one in inboxes["results"]}
    expect(kinds == {INBOX: "INBOX", HELP_DESK: "HELP_DESK"}, "an inbox and a help desk")
    expect((await call(tools.get_inbox_details, inbox_id=INBOX))["id"] == INBOX, "one inbox")
    channels = {one["id"]: one["name"] for one in (await call(tools.list_conversation_channels))["results"]}
    expect((channels["1000"], channels["1002"]) == ("LIVE_CHAT", "EMAIL"), "channels")
    accounts = (await call(tools.retrieve_channel_accounts))["results"]
    mailbox = next(one for one in accounts if one["channelId"] == "1002")
    one = await call(tools.get_channel_account_details, channel_account_id=mailbox["id"])
    expect(one["deliveryIdentifier"]["type"] == "HS_EMAIL_ADDRESS", "the address of a mailbox")


async def walk_chat():
    photo = {"name": "door.png", "mime": "image/png", "base64": base64.b64encode(b"PNG").decode()}
    written = admin("visitor-messages", channel="chat", email="sarah@gmail.com", text="It stops", attachments=[photo])
    thread = written["thread_id"]
    seen = await messages(thread)
    expect([one["type"] for one in seen] == ["WELCOME_MESSAGE", "MESSAGE"], "a chat begins with a greeting")
    incoming = seen[1]
    expect(incoming["attachments"][0]["fileUsageType"] == "IMAGE", "the visitor attached a picture")
    one = await call(tools.retrieve_thread_message, thread_id=thread, message_id=incoming["id"])
    expect(one == incoming, "one message is as in the list")
    sender = await call(tools.retrieve_actor_details, actor_id=incoming["senders"][0]["actorId"])
    expect((sender["type"], sender["email"]) == ("VISITOR", "sarah@gmail.com"), "the visitor is a contact")
    sent = await send(
        thread, type="MESSAGE", text="Which door?", richText="<p>Which door?</p>", attachments=[], recipients=[],
        senderActorId=f"A-{VERONICA}", channelId=incoming["channelId"], channelAccountId=incoming["channelAccountId"],
    )
    expect((sent["direction"], sent["client"]["clientType"]) == ("OUTGOING", "INTEGRATION"), "answered in the chat")
    note = await send(thread, type="COMMENT", text="Known fault", attachments=[])
    expect(note["createdBy"].startswith("I-") and "direction" not in note, "commented by the app")
    found = await call(tools.retrieve_thread_by_id, conversation_thread_id=thread)
    expect(found["associatedContactId"] == SARAH and found["latestMessageSentTimestamp"] == sent["createdAt"], "the thread knows")
    actors = await call(tools.resolve_conversation_actors, actor_ids=[f"A-{VERONICA}", f"V-{SARAH}", "S-hubspot"])
    expect([one["type"] for one in actors["results"]] == ["AGENT", "VISITOR", "SYSTEM"], "actors in a batch")
    await walk_take_over(thread)


async def walk_take_over(thread):
    admin("agent-messages", thread=thread, user_id=MEI, text="Let me take this")
    found = await call(tools.retrieve_thread_by_id, conversation_thread_id=thread)
    expect(found["assignedTo"] == f"A-{MEI}", "who answers takes over")
    admin("departures", thread=thread)
    closed = await call(tools.update_conversation_thread, thread_identifier=thread, thread_status="CLOSED")
    expect(closed["status"] == "CLOSED" and closed["closedAt"], "closed")
    admin("visitor-messages", channel="chat", thread=thread, text="One more thing")
    opened = await call(tools.retrieve_thread_by_id, conversation_thread_id=thread)
    expect(opened["status"] == "OPEN" and "closedAt" not in opened, "the visitor's return opens it")
    kinds = {one["type"] for one in await messages(thread)}
    expect({"ASSIGNMENT", "THREAD_STATUS_CHANGE", "COMMENT"} <= kinds, "what happened is among the messages")
    admin("moves", thread=thread, inbox=HELP_DESK)
    expect("THREAD_INBOX_CHANGE" in {one["type"] for one in await messages(thread)}, "and that it was moved")


async def walk_mail():
    text = "Yes, on Tuesday.\n\nOn Mon, Nov 23, 2026 Mei wrote:\n> Shall we come?"
    written = admin("visitor-messages", channel="email", email="new@x.org", name="Nora", subject="Visit", text=text)
    thread, message = written["thread_id"], written["message_id"]
    shown = await call(tools.retrieve_thread_message, thread_id=thread, message_id=message)
    expect(shown["truncationStatus"] == "TRUNCATED_TO_MOST_RECENT_REPLY", "a quoting e-mail is truncated")
    original = {"conversation_thread_id": thread, "message_id": message}
    whole = await call(tools.retrieve_full_message_content, **original)
    expect(whole["text"] == text, "its original content is whole")
    reply = {
        "type": "MESSAGE", "text": "See you then", "attachments": [], "senderActorId": f"A-{VERONICA}", "subject": "Re: Visit",
        "channelId": shown["channelId"], "channelAccountId": shown["channelAccountId"],
    }
    to = [{"recipientField": "TO", "deliveryIdentifiers": [shown["senders"][0]["deliveryIdentifier"]]}]
    sent = await send(thread, **reply, recipients=to)
    expect(sent["recipients"][0]["actorId"] == "E-new@x.org", "answered by e-mail")
    execute = {"mode": tools.ToolMode.EXECUTE, "thread_id": thread}
    body = json.dumps({**reply, "recipients": []})
    error = await refused(400, "an e-mail to nobody", tools.send_conversation_message, **execute, request_body=body)
    expect(error["category"] == "VALIDATION_ERROR", "the error says why")


async def walk_trash():
    admin("visitor-messages", channel="form", email="tom.baker@harborviewhotel.com", text="Call me")
    listed = (await call(tools.retrieve_conversation_threads))["results"]
    ids = [int(one["id"]) for one in listed]
    expect(len(ids) == 3 and ids == sorted(ids), "threads are ascending")
    thread = listed[-1]["id"]
    await tools.archive_conversation_thread(context, thread_identifier=thread)
    expect(len((await call(tools.retrieve_conversation_threads))["results"]) == 2, "an archived thread is not listed")
    await refused(404, "an archived thread", tools.retrieve_thread_by_id, conversation_thread_id=thread)
    await refused(404, "an unknown thread", tools.retrieve_thread_by_id, conversation_thread_id="1")
    await refused(404, "an unknown actor", tools.retrieve_actor_details, actor_id="A-1")
    stranger = ToolContext(authorization=ToolAuthorizationContext(token="pat-na1-nobody"))
    await refused(401, "an unknown token", tools.list_conversation_inboxes, by=stranger)


async def walk():
    tools.HTTP_CLIENT = httpx.AsyncClient(transport=ToSandbox(), follow_redirects=True)
    await walk_inboxes()
    await walk_chat()
    await walk_mail()
    await walk_trash()


if __name__ == "__main__":
    print(f"arcade-hubspot-conversations-api {version('arcade-hubspot-conversations-api')} on {URL}")
    asyncio.run(walk())
