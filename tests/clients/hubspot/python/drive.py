"""HubSpot's own Python client runs the requests of a front desk on the sandbox.

Every answer is deserialised by the client's models, which know nothing of this project. The generated clients are told
where to go by `host`, the plain `api_request` by `base_url`: both are needed. Runs with 11.1.0 and 12.0.0, whose names
for the same model differ here and there: `model` takes the first that exists.
"""

import json
import os
import sys
import tempfile
import urllib.request
from datetime import datetime
from importlib.metadata import version

from hubspot import HubSpot
from hubspot.conversations import visitor_identification
from hubspot.crm import associations, companies, contacts, objects, pipelines, properties, tickets
from hubspot.crm.associations import v4
from hubspot.crm.objects import communications

URL = os.environ["FRONTDESK_SANDBOX_URL"].rstrip("/")
TOKEN = os.environ.get("FRONTDESK_SANDBOX_TOKEN", "pat-na1-sandbox")
SARAH = "84246479604"
VERONICA_OWNER, VERONICA_USER = "117001", 9586504
RUN = datetime.now().strftime("%H%M%S%f")

client = HubSpot(access_token=TOKEN, host=URL, base_url=URL)


def model(package, *names):
    return next(getattr(package, name) for name in names if hasattr(package, name))


def expect(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")
    print(f"  ok  {what}")


def refused(call, status, what):
    """The client raises one exception class per package; all of them have `status` and `body`."""
    try:
        call()
    except Exception as error:  # noqa: BLE001
        expect(getattr(error, "status", None) == status, f"{what}: {status}")
        return error.body
    sys.exit(f"FAILED: {what}: nothing was refused")


def ask(method, path, query=None, body=None):
    answer = client.api_request({"path": path, "method": method, "qs": query or {}, "body": body})
    return answer.status_code, answer.json() if answer.text else None


def walk_contacts():
    basic = client.crm.contacts.basic_api
    sarah = basic.get_by_id(SARAH, properties=["email", "hubspot_owner_id"], associations=["companies"])
    expect(sarah.properties["email"] == "sarah@gmail.com", "contact by id")
    expect(isinstance(sarah.created_at, datetime), "dates are dates")
    expect(sarah.associations["companies"].results[0].type.startswith("contact_to_company"), "associations of a contact")
    by_email = basic.get_by_id("aiko@sato.jp", id_property="email")
    expect(by_email.properties["firstname"] == "Aiko", "contact by secondary address")
    history = basic.get_by_id(SARAH, properties_with_history=["email"]).properties_with_history["email"]
    expect(history[0].value == "sarah@gmail.com", "property history")
    new = model(contacts, "SimplePublicObjectInputForCreate")
    made = basic.create(new(properties={"email": f"new{RUN}@x.com", "firstname": "New"}, associations=[]))
    body = refused(lambda: basic.create(new(properties={"email": f"NEW{RUN}@x.com"}, associations=[])), 409, "twice the same address")
    expect(f"Existing ID: {made.id}" in body, "the 409 names the contact")
    change = contacts.SimplePublicObjectInput(properties={"lastname": "Person"})
    expect(basic.update(made.id, change).properties["lastname"] == "Person", "contact updated")
    refused(lambda: basic.update(made.id, contacts.SimplePublicObjectInput(properties={"nonsense": "1"})), 400, "unknown property")
    expect(len(basic.get_page(limit=3).results) == 3, "a page of contacts")
    expect(len(client.crm.contacts.get_all()) >= 8, "all contacts")
    first = basic.get_page(limit=3)
    second = basic.get_page(limit=3, after=first.paging.next.after)
    expect(not {one.id for one in first.results} & {one.id for one in second.results}, "pages do not overlap")
    basic.archive(made.id)
    refused(lambda: basic.get_by_id(made.id), 404, "archived contact")


def walk_contact_batches():
    batch = client.crm.contacts.batch_api
    ids = [contacts.SimplePublicObjectId(id=one) for one in ["sarah@gmail.com", "nobody@x.com"]]
    read = contacts.BatchReadInputSimplePublicObjectId(
        inputs=ids, properties=["email"], properties_with_history=[], id_property="email"
    )
    found = batch.read(read)
    expect(found.num_errors == 1 and found.results[0].id == SARAH, "batch read: found and not found")
    each = model(contacts, "SimplePublicObjectBatchInputForCreate", "SimplePublicObjectInputForCreate")
    many = model(
        contacts, "BatchInputSimplePublicObjectBatchInputForCreate", "BatchInputSimplePublicObjectInputForCreate"
    )
    people = [each(properties={"email": f"b{n}{RUN}@x.com"}, associations=[]) for n in range(3)]
    made = batch.create(many(inputs=people)).results
    expect(len(made) == 3, "batch create")
    new = [each(properties={"email": one}, associations=[]) for one in (f"t{RUN}@x.com", "sarah@gmail.com")]
    if hasattr(new[0], "object_write_trace_id"):
        for trace, one in enumerate(new):
            one.object_write_trace_id = str(trace)
        partly = batch.create(many(inputs=new))
        expect((len(partly.results), partly.num_errors) == (1, 1), "batch create with traces: one made, one refused")
        expect(partly.errors[0].context["objectWriteTraceId"] == ["1"], "the error says whose it is")
        made += partly.results
    renamed = [contacts.SimplePublicObjectBatchInput(id=one.id, properties={"firstname": "B"}) for one in made]
    updated = batch.update(contacts.BatchInputSimplePublicObjectBatchInput(inputs=renamed))
    expect({one.properties["firstname"] for one in updated.results} == {"B"}, "batch update")
    if hasattr(contacts, "SimplePublicObjectBatchInputUpsert"):
        upsert = contacts.SimplePublicObjectBatchInputUpsert
        both = [
            upsert(id=f"b0{RUN}@x.com", id_property="email", properties={"lastname": "U"}),
            upsert(id=f"u{RUN}@x.com", id_property="email", properties={"lastname": "U"}),
        ]
        done = batch.upsert(contacts.BatchInputSimplePublicObjectBatchInputUpsert(inputs=both))
        expect([one.new for one in done.results] == [False, True], "batch upsert: one there, one new")
    old = contacts.BatchInputSimplePublicObjectId(inputs=[contacts.SimplePublicObjectId(id=one.id) for one in made])
    batch.archive(old)


def walk_search():
    search = client.crm.contacts.search_api
    group = contacts.FilterGroup(
        filters=[contacts.Filter(property_name="email", operator="EQ", value="sarah@gmail.com")]
    )
    found = search.do_search(contacts.PublicObjectSearchRequest(filter_groups=[group]))
    expect(found.total == 1 and found.results[0].id == SARAH, "search by address")
    paged = contacts.PublicObjectSearchRequest(filter_groups=[], sorts=["-createdate"], limit=2, properties=["email"])
    first = search.do_search(paged)
    expect(first.paging.next.after == "2", "search pages by offset")
    paged.after = first.paging.next.after
    second = search.do_search(paged)
    expect(not {one.id for one in first.results} & {one.id for one in second.results}, "the next page of a search")
    many = [contacts.FilterGroup(filters=group.filters) for _ in range(6)]
    request = contacts.PublicObjectSearchRequest(filter_groups=many)
    refused(lambda: search.do_search(request), 400, "too many filter groups")


def walk_companies_and_merges():
    new = companies.SimplePublicObjectInputForCreate(properties={"name": f"Tea House {RUN}"}, associations=[])
    company = client.crm.companies.basic_api.create(new)
    read = client.crm.companies.basic_api.get_by_id(company.id, properties=["name"])
    expect(read.properties["name"] == f"Tea House {RUN}", "company made and read")
    person = model(contacts, "SimplePublicObjectInputForCreate")
    kept, lost = (
        client.crm.contacts.basic_api.create(person(properties={"email": f"{name}{RUN}@x.com"}, associations=[]))
        for name in ("kept", "lost")
    )
    client.crm.associations.v4.basic_api.create_default("contacts", lost.id, "companies", company.id)
    crm = client.crm.contacts
    merging = crm.basic_api if hasattr(crm.basic_api, "merge") else crm.merge_api
    merged = merging.merge(contacts.PublicMergeInput(primary_object_id=kept.id, object_id_to_merge=lost.id))
    expect(merged.id == kept.id, "contacts merged")
    by_old_id = crm.basic_api.get_by_id(lost.id, properties=["hs_additional_emails"], associations=["companies"])
    expect(by_old_id.id == kept.id and by_old_id.properties["hs_additional_emails"] == f"lost{RUN}@x.com", "the old id and address lead to it")
    expect(by_old_id.associations["companies"].results[0].id == company.id, "its company comes along")


def association(type_id, spec):
    return spec(association_category="HUBSPOT_DEFINED", association_type_id=type_id)


def walk_tickets_and_communications():
    new, to, each = (getattr(tickets, name) for name in ("SimplePublicObjectInputForCreate", "PublicObjectId", "PublicAssociationsForObject"))
    link = each(to=to(id=SARAH), types=[association(16, tickets.AssociationSpec)])
    made = client.crm.tickets.basic_api.create(
        new(properties={"hs_pipeline_stage": "1", "subject": "Robot stands still", "content": "Since this morning"}, associations=[link])
    )
    expect(made.properties["hs_pipeline"] == "0", "ticket made with its contact")
    orphan = each(to=to(id="999"), types=[association(16, tickets.AssociationSpec)])
    before = len(client.crm.tickets.get_all())
    broken = new(properties={"hs_pipeline_stage": "1"}, associations=[orphan])
    refused(lambda: client.crm.tickets.basic_api.create(broken), 400, "ticket of an unknown contact")
    expect(len(client.crm.tickets.get_all()) == before, "no orphan is left")
    chat = communications.SimplePublicObjectInputForCreate(
        properties={
            "hs_communication_channel_type": "CUSTOM_CHANNEL_CONVERSATION", "hs_communication_logged_from": "CRM",
            "hs_communication_body": "I want to know more about ADAM", "hs_timestamp": "2026-11-22T15:00:00.580988+00:00",
        },
        associations=[],
    )
    logged = client.crm.objects.communications.basic_api.create(chat)
    expect(logged.properties["hs_body_preview"] == "I want to know more about ADAM", "communication logged")
    walk_associations(made.id, logged.id)
    for kind in ("notes", "tasks", "meetings", "emails", "calls"):
        api = getattr(client.crm.objects, kind).basic_api
        package = getattr(objects, kind)
        body = package.SimplePublicObjectInputForCreate(properties={"hs_timestamp": "2026-11-22T15:00:00Z"}, associations=[])
        expect(api.get_by_id(api.create(body).id).id is not None, f"{kind}: made and read")


def walk_associations(ticket, communication):
    basic, batch = client.crm.associations.v4.basic_api, client.crm.associations.v4.batch_api
    specs = [association(82, v4.AssociationSpec)]
    pair = basic.create("contact", SARAH, "communication", communication, specs)
    expect(pair.from_object_type_id == "0-1" and pair.to_object_type_id == "0-18", "association put the seed's way")
    seen = basic.get_page("tickets", ticket, "contacts")
    expect(str(seen.results[0].to_object_id) == SARAH, "association seen from the other side")
    ids = [v4.PublicFetchAssociationsBatchRequest(id=one) for one in (SARAH, "103107104018")]
    read = batch.get_page("contacts", "companies", v4.BatchInputPublicFetchAssociationsBatchRequest(inputs=ids))
    expect(read.num_errors == 1, "no association is an error entry")
    basic.create_default("contacts", SARAH, "companies", "28904460873")
    basic.archive("contacts", SARAH, "companies", "28904460873")
    labels = client.crm.associations.v4.schema.definitions_api.get_all("contacts", "tickets").results
    expect(labels[0].type_id == 15, "association labels")


def walk_owners_pipelines_properties():
    owner = client.crm.owners.owners_api.get_by_id(int(VERONICA_OWNER), id_property="id", archived=False)
    expect((owner.first_name, owner.user_id) == ("Veronica", VERONICA_USER), "owner by id")
    page = client.crm.owners.owners_api.get_page(limit=2)
    rest = client.crm.owners.owners_api.get_page(limit=2, after=page.paging.next.after)
    expect(len(page.results) + len(rest.results) == 3, "owners, page by page, with the cursor encoded twice")
    support = client.crm.pipelines.pipelines_api.get_all("tickets").results[0]
    expect([stage.label for stage in support.stages][0] == "New", "pipelines")
    made = client.crm.pipelines.pipelines_api.create(
        "tickets",
        pipelines.PipelineInput(
            label=f"Recalls {RUN}", display_order=3,
            stages=[pipelines.PipelineStageInput(label="Open", display_order=0, metadata={"ticketState": "OPEN"})],
        ),
    )
    patch = pipelines.PipelinePatchInput(label=f"Call-backs {RUN}")
    changed = client.crm.pipelines.pipelines_api.update("tickets", made.id, patch)
    expect(changed.label == f"Call-backs {RUN}", "pipeline made and changed")
    client.crm.pipelines.pipelines_api.archive("tickets", made.id)
    names = {one.name for one in client.crm.properties.core_api.get_all("contacts").results}
    expect({"email", "hs_additional_emails", "num_notes"} <= names, "properties")
    create = properties.PropertyCreate(
        name=f"robots_{RUN}", label="Robots", type="string", field_type="text", group_name="contactinformation"
    )
    expect(client.crm.properties.core_api.create("contacts", create).hubspot_defined is False, "property made")
    update = properties.PropertyUpdate(label="Our robots")
    changed = client.crm.properties.core_api.update("contacts", f"robots_{RUN}", update)
    expect(changed.label == "Our robots", "property changed")
    client.crm.properties.core_api.archive("contacts", f"robots_{RUN}")
    expect(client.crm.properties.groups_api.get_all("contacts").results, "property groups")


def walk_scheduler():
    links = "/scheduler/v3/meetings/meeting-links"
    status, listed = ask("GET", links, {"organizerUserId": VERONICA_USER})
    expect(status == 200 and listed["total"] >= 3, "meeting links of a user")
    slug = next(link["slug"] for link in listed["results"] if link["defaultLink"])
    path = f"{links}/book/{slug.replace('/', '%2F')}"
    status, info = ask("GET", path, {"timezone": "America/New_York"})
    expect(status == 200 and info["allUsersBusyTimes"][0]["busyTimes"], "booking info")
    page = f"{links}/book/availability-page/{slug.replace('/', '%2F')}"
    status, december = ask("GET", page, {"timezone": "America/New_York", "monthOffset": 1})
    slots = december["linkAvailability"]["linkAvailabilityByDuration"]["1800000"]["availabilities"]
    expect(slots and december["linkAvailability"]["hasMore"], "availability of next month")
    status, january = ask("GET", page, {"timezone": "America/New_York", "monthOffset": 2})
    later = january["linkAvailability"]["linkAvailabilityByDuration"]["1800000"]["availabilities"]
    expect(later[0]["startMillisUtc"] > slots[-1]["startMillisUtc"], "and of the month after it")
    booking = {
        "slug": slug, "duration": 1_800_000, "startTime": slots[-1]["startMillisUtc"], "email": "sarah@gmail.com",
        "firstName": "Sarah", "lastName": "Mark", "timezone": "America/New_York", "locale": "en-us",
    }
    status, booked = ask("POST", f"{links}/book", {"timezone": "America/New_York"}, booking)
    expect(status == 200 and booked["calendarEventId"], "meeting booked")
    status, again = ask("POST", f"{links}/book", None, booking)
    expect((status, again["category"]) == (400, "VALIDATION_ERROR"), "the same time is taken")


def admin(path, body):
    """Does what people do in HubSpot and its API cannot, such as writing as a visitor."""
    answer = client.api_request({"path": f"/__sandbox/conversations/{path}", "method": "POST", "body": body})
    expect(answer.status_code == 200, f"{path}: done")
    return answer.json()


def walk_files_and_visitor_tokens():
    with tempfile.NamedTemporaryFile(suffix=".txt") as file:
        file.write(b"It stops at the door")
        file.flush()
        made = client.files.files_api.upload(
            file=file.name, file_name=f"report{RUN}.txt", folder_path="/desk", options=json.dumps({"access": "PRIVATE"})
        )
    expect((made.size, made.extension, made.access) == (20, "txt", "PRIVATE"), "file uploaded")
    expect(client.files.files_api.get_by_id(made.id).path == f"/desk/report{RUN}.txt", "file read")
    signed = client.files.files_api.get_signed_url(made.id)
    with urllib.request.urlopen(signed.url, timeout=10) as content:
        expect(content.read() == b"It stops at the door", "the signed address leads to its content")
    request = visitor_identification.IdentificationTokenGenerationRequest(email="visitor@x.com", first_name="Gob")
    token = client.conversations.visitor_identification.generate_api.generate_token(request).token
    expect(token.count(".") == 2, "token of a visitor")
    return made.id


def walk_conversations(file):
    """The client has no conversations, so these are plain requests at the dated paths."""
    threads = "/conversations/conversations/2026-09/threads"
    written = admin("visitor-messages", {"channel": "email", "email": "sarah@gmail.com", "subject": "Robot", "text": "It stops"})
    thread = f"{threads}/{written['thread_id']}"
    status, messages = ask("GET", f"{thread}/messages", {"sort": "createdAt"})
    incoming = messages["results"][0]
    expect(status == 200 and incoming["direction"] == "INCOMING", "a visitor's e-mail")
    reply = {
        "type": "MESSAGE", "text": "Which door?", "richText": "<p>Which door?</p>", "senderActorId": f"A-{VERONICA_USER}",
        "channelId": incoming["channelId"], "channelAccountId": incoming["channelAccountId"], "subject": "Re: Robot",
        "recipients": [{"recipientField": "TO", "deliveryIdentifiers": [incoming["senders"][0]["deliveryIdentifier"]]}],
        "attachments": [{"type": "FILE", "fileId": file}],
    }
    status, sent = ask("POST", f"{thread}/messages", None, reply)
    expect((status, sent["status"]["statusType"], sent["attachments"][0]["fileId"]) == (201, "SENT", file), "answered by e-mail, with a file")
    status, refusal = ask("POST", f"{thread}/messages", None, {**reply, "senderActorId": "E-sarah@gmail.com"})
    expect((status, refusal["category"]) == (400, "VALIDATION_ERROR"), "only an agent sends")
    status, assigned = ask("PUT", f"{thread}/assignee", None, {"actorId": f"A-{VERONICA_USER}"})
    expect((status, assigned["assignedTo"]) == (200, f"A-{VERONICA_USER}"), "assigned to an agent")
    status, closed = ask("PATCH", thread, None, {"status": "CLOSED"})
    expect(status == 200 and closed["closedAt"], "closed")
    status, found = ask("GET", threads, {"associatedContactId": SARAH, "threadStatus": "CLOSED"})
    expect(written["thread_id"] in [one["id"] for one in found["results"]], "found among the contact's closed threads")


def walk_refusals():
    stranger = HubSpot(access_token="pat-na1-nobody", host=URL, base_url=URL)
    body = refused(lambda: stranger.crm.contacts.basic_api.get_page(), 401, "unknown token")
    expect("INVALID_AUTHENTICATION" in body, "the 401 says why")
    missing = client.api_request({"path": "/crm/v9/nonsense", "method": "GET"})
    expect(missing.status_code == 404 and missing.text.startswith("<html>"), "an unknown route is a page")


if __name__ == "__main__":
    print(f"hubspot-api-client {version('hubspot-api-client')} on {URL}")
    walk_contacts()
    walk_contact_batches()
    walk_search()
    walk_companies_and_merges()
    walk_tickets_and_communications()
    walk_owners_pipelines_properties()
    walk_scheduler()
    walk_conversations(walk_files_and_visitor_tokens())
    walk_refusals()
