// HubSpot's own Node client runs the requests of a front desk on the sandbox. Every answer is deserialised by the client's models,
// which know nothing of this project. The client takes the address as `basePath`, for its models and for `apiRequest`.

import { Client } from "@hubspot/api-client";

const url = process.env.FRONTDESK_SANDBOX_URL.replace(/\/$/, "");
const accessToken = process.env.FRONTDESK_SANDBOX_TOKEN ?? "pat-na1-sandbox";
const client = new Client({ accessToken, basePath: url });
const SARAH = "84246479604";
const run = Date.now();

function expect(condition, what) {
  if (!condition) {
    console.error(`FAILED: ${what}`);
    process.exit(1);
  }
  console.log(`  ok  ${what}`);
}

async function refused(call, status, what) {
  try {
    await call();
  } catch (error) {
    expect(error.code === status, `${what}: ${status}`);
    return JSON.stringify(error.body);
  }
  expect(false, `${what}: nothing was refused`);
}

async function ask(method, path, qs, body) {
  const answer = await client.apiRequest({ method, path, qs, body });
  const text = await answer.text();
  return [answer.status, text.startsWith("{") ? JSON.parse(text) : text];
}

const plain = (id) => [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: id }];

async function contacts() {
  const { basicApi, batchApi, searchApi } = client.crm.contacts;
  const sarah = await basicApi.getById(SARAH, ["email"], undefined, ["companies"]);
  expect(sarah.properties.email === "sarah@gmail.com" && sarah.createdAt instanceof Date, "contact by id");
  expect(sarah.associations.companies.results[0].id === "28904455120", "associations of a contact");
  const aiko = await basicApi.getById("aiko@sato.jp", undefined, undefined, undefined, undefined, "email");
  expect(aiko.properties.firstname === "Aiko", "contact by secondary address");
  const made = await basicApi.create({ properties: { email: `node${run}@x.com` }, associations: [] });
  const body = await refused(() => basicApi.create({ properties: { email: `NODE${run}@x.com` } }), 409, "twice the same address");
  expect(body.includes(`Existing ID: ${made.id}`), "the 409 names the contact");
  const changed = await basicApi.update(made.id, { properties: { lastname: "Person" } });
  expect(changed.properties.lastname === "Person", "contact updated");
  const all = await client.crm.contacts.getAll(3);
  expect(all.length >= 8 && new Set(all.map((one) => one.id)).size === all.length, "all contacts, page by page");
  await basicApi.archive(made.id);
  await refused(() => basicApi.getById(made.id), 404, "archived contact");
  const inputs = [{ id: "sarah@gmail.com" }, { id: "nobody@x.com" }];
  const read = await batchApi.read({ inputs, idProperty: "email", properties: ["email"], propertiesWithHistory: [] });
  expect(read.results[0].id === SARAH && read.numErrors === 1, "batch read: found and not found");
  const people = [0, 1].map((n) => ({ properties: { email: `n${n}${run}@x.com` }, associations: [], objectWriteTraceId: `${n}` }));
  const many = await batchApi.create({ inputs: [...people, { properties: { email: "sarah@gmail.com" }, associations: [], objectWriteTraceId: "2" }] });
  expect(many.results.length === 2 && many.numErrors === 1, "batch create: two made, one refused");
  const upserted = await batchApi.upsert({ inputs: [{ id: `n0${run}@x.com`, idProperty: "email", properties: { lastname: "U" } }] });
  expect(upserted.results[0]._new === false, "batch upsert");
  const renamed = await batchApi.update({ inputs: many.results.map(({ id }) => ({ id, properties: { firstname: "B" } })) });
  expect(renamed.results.every((one) => one.properties.firstname === "B"), "batch update");
  const [kept, lost] = many.results;
  const merging = client.crm.contacts.basicApi.merge ? client.crm.contacts.basicApi : client.crm.contacts.advancedApi;
  const merged = await merging.merge({ primaryObjectId: kept.id, objectIdToMerge: lost.id });
  expect(merged.id === kept.id && (await basicApi.getById(lost.id)).id === kept.id, "contacts merged: the old id leads to the winner");
  await batchApi.archive({ inputs: many.results.map(({ id }) => ({ id })) });
  const filter = { propertyName: "email", operator: "EQ", value: "sarah@gmail.com" };
  const found = await searchApi.doSearch({ filterGroups: [{ filters: [filter] }], limit: 10, properties: ["email"] });
  expect(found.total === 1 && found.results[0].id === SARAH, "search by address");
  const paged = { filterGroups: [], sorts: ["-createdate"], limit: 2, properties: ["email"] };
  const first = await searchApi.doSearch(paged);
  const second = await searchApi.doSearch({ ...paged, after: first.paging.next.after });
  const seen = new Set([...first.results, ...second.results].map((one) => one.id));
  expect(seen.size === 4, "search, page by page");
  const company = await client.crm.companies.basicApi.create({ properties: { name: `Tea House ${run}` }, associations: [] });
  const tea = await client.crm.companies.basicApi.getById(company.id, ["name"]);
  expect(tea.properties.name === `Tea House ${run}`, "company made and read");
}

async function ticketsAndCommunications() {
  const tickets = client.crm.tickets.basicApi;
  const link = (id) => [{ to: { id }, types: plain(16) }];
  const properties = { hs_pipeline_stage: "1", subject: "Robot stands still" };
  const made = await tickets.create({ properties, associations: link(SARAH) });
  expect(made.properties.hs_pipeline === "0", "ticket made with its contact");
  await refused(() => tickets.create({ properties, associations: link("999") }), 400, "ticket of an unknown contact");
  const chat = {
    hs_communication_channel_type: "CUSTOM_CHANNEL_CONVERSATION",
    hs_communication_logged_from: "CRM",
    hs_communication_body: "I want to know more about ADAM",
    hs_timestamp: "2026-11-22T15:00:00Z",
  };
  const logged = await client.crm.objects.communications.basicApi.create({ properties: chat, associations: [] });
  const { basicApi, batchApi } = client.crm.associations.v4;
  const pair = await basicApi.create("contact", SARAH, "communication", logged.id, plain(82));
  expect(pair.fromObjectTypeId === "0-1" && pair.toObjectTypeId === "0-18", "association put the seed's way");
  const seen = await basicApi.getPage("tickets", made.id, "contacts");
  expect(String(seen.results[0].toObjectId) === SARAH, "association seen from the other side");
  const read = await batchApi.getPage("contacts", "companies", { inputs: [{ id: SARAH }, { id: "103107104018" }] });
  expect(read.numErrors === 1, "no association is an error entry");
  await basicApi.archive("contacts", SARAH, "tickets", made.id);
  const note = { hs_timestamp: "2026-11-22T15:00:00Z", hs_note_body: "Called back" };
  const noted = await client.crm.objects.notes.basicApi.create({ properties: note, associations: [] });
  expect((await client.crm.objects.notes.basicApi.getById(noted.id)).id === noted.id, "note made and read");
}

async function ownersPipelinesProperties() {
  const owner = await client.crm.owners.ownersApi.getById(117001);
  expect(owner.firstName === "Veronica" && owner.userId === 9586504, "owner by id");
  const page = await client.crm.owners.ownersApi.getPage(undefined, undefined, 2);
  const rest = await client.crm.owners.ownersApi.getPage(undefined, page.paging.next.after, 2);
  expect(page.results.length + rest.results.length === 3, "owners, page by page");
  const pipelines = await client.crm.pipelines.pipelinesApi.getAll("tickets");
  expect(pipelines.results[0].stages[0].label === "New", "pipelines");
  const { pipelinesApi } = client.crm.pipelines;
  const stage = (label) => ({ label, displayOrder: 0, metadata: { ticketState: "OPEN" } });
  const made = await pipelinesApi.create("tickets", { label: `Recalls ${run}`, displayOrder: 3, stages: [stage("Open")] });
  const rewritten = await pipelinesApi.replace("tickets", made.id, { label: `Recalls ${run}`, displayOrder: 3, stages: [stage("Open"), stage("Sent back")] });
  expect(rewritten.stages.length === 2 && rewritten.stages[0].id === made.stages[0].id, "pipeline made and rewritten");
  await pipelinesApi.archive("tickets", made.id);
  const { coreApi } = client.crm.properties;
  const name = `robots_${run}`;
  await coreApi.create("contacts", { name, label: "Robots", type: "string", fieldType: "text", groupName: "contactinformation" });
  expect((await coreApi.update("contacts", name, { label: "Our robots" })).label === "Our robots", "property made and changed");
  await coreApi.archive("contacts", name);
  const all = await client.crm.properties.coreApi.getAll("contacts");
  expect(all.results.some((one) => one.name === "hs_additional_emails"), "properties");
}

async function scheduler() {
  const links = "/scheduler/v3/meetings/meeting-links";
  const [, listed] = await ask("GET", links, { organizerUserId: 9586504 });
  const { slug } = listed.results.find((link) => link.defaultLink);
  const path = `${links}/book/availability-page/${encodeURIComponent(slug)}`;
  const [, page] = await ask("GET", path, { timezone: "Europe/Paris", monthOffset: 1 });
  const slots = page.linkAvailability.linkAvailabilityByDuration["900000"].availabilities;
  const booking = {
    slug, duration: 900000, startTime: slots[0].startMillisUtc, email: "sarah@gmail.com", firstName: "Sarah", lastName: "Mark",
    timezone: "Europe/Paris", locale: "en-us", formFields: [], legalConsentResponses: [], likelyAvailableUserIds: [],
  };
  const [status, booked] = await ask("POST", `${links}/book`, { timezone: "Europe/Paris" }, booking);
  expect(status === 200 && booked.calendarEventId.length > 0, "meeting booked");
  const answer = await client.apiRequest({ method: "GET", path: "/crm/v9/nonsense" });
  expect(answer.status === 404 && (await answer.text()).startsWith("<html>"), "an unknown route is a page");
}

console.log(`@hubspot/api-client on ${url}`);
await contacts();
await ticketsAndCommunications();
await ownersPipelinesProperties();
await scheduler();
