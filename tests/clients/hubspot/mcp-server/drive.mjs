// HubSpot's own MCP server works on the sandbox: its search, batch, association, property and engagement tools.
//
// No proxy and no host entry is needed: version 0.4.0 reads the address from BASE_URL_OVERRIDE. It writes notes and tasks
// through the old engagements API, which the sandbox answers as well. A real MCP client starts it over stdio.

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { fileURLToPath } from "node:url";

const url = process.env.FRONTDESK_SANDBOX_URL.replace(/\/$/, "");
const SARAH = "84246479604";
const run = Date.now();
const server = fileURLToPath(import.meta.resolve("@hubspot/mcp-server"));
const env = {
  ...process.env,
  BASE_URL_OVERRIDE: url,
  PRIVATE_APP_ACCESS_TOKEN: process.env.FRONTDESK_SANDBOX_TOKEN ?? "pat-na1-sandbox",
};
const client = new Client({ name: "frontdesk-sandbox-driver", version: "1.0.0" });

function expect(condition, what) {
  if (!condition) {
    console.error(`FAILED: ${what}`);
    process.exit(1);
  }
  console.log(`  ok  ${what}`);
}

// The tools answer with JSON, sentences, or both: the text without its spaces.
async function call(name, args) {
  const result = await client.callTool({ name, arguments: args });
  const text = result.content.map((part) => part.text).join("\n");
  if (result.isError) {
    console.error(`FAILED: ${name}: ${text}`);
    process.exit(1);
  }
  return text.replaceAll(/\s+/g, "");
}

async function objects() {
  const filterGroups = [{ filters: [{ propertyName: "email", operator: "EQ", value: "sarah@gmail.com" }] }];
  const found = await call("hubspot-search-objects", { objectType: "contacts", filterGroups, properties: ["email"] });
  expect(found.includes(SARAH), "search");
  const listed = await call("hubspot-list-objects", { objectType: "tickets", limit: 5 });
  expect(listed.includes("33190415288"), "list");
  const read = await call("hubspot-batch-read-objects", { objectType: "contacts", inputs: [{ id: SARAH }], properties: ["email"] });
  expect(read.includes("sarah@gmail.com"), "batch read");
  const inputs = [{ properties: { email: `mcp${run}@x.com` } }];
  const made = await call("hubspot-batch-create-objects", { objectType: "contacts", inputs });
  const id = made.match(/"id":"(\d+)"/)[1];
  const changes = [{ id, properties: { firstname: "Changed" } }];
  const changed = await call("hubspot-batch-update-objects", { objectType: "contacts", inputs: changes });
  expect(changed.includes("Changed"), "batch create and update");
  await call("hubspot-get-schemas", {});
}

async function associations() {
  const pair = { fromObjectType: "contacts", toObjectType: "tickets" };
  const defined = await call("hubspot-get-association-definitions", pair);
  expect(defined.includes('"typeId":15'), "association definitions");
  const types = [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 15 }];
  const inputs = [{ from: { id: SARAH }, to: { id: "33190415288" } }];
  await call("hubspot-batch-create-associations", { ...pair, types, inputs });
  const listed = await call("hubspot-list-associations", { objectType: "contacts", objectId: SARAH, toObjectType: "tickets" });
  expect(listed.includes("33190415288"), "associations made and listed");
}

async function properties() {
  const all = await call("hubspot-list-properties", { objectType: "contacts" });
  expect(all.includes("hs_additional_emails"), "properties listed");
  const name = `robots_${run}`;
  const property = { name, label: "Robots", type: "string", fieldType: "text", groupName: "contactinformation" };
  await call("hubspot-create-property", { objectType: "contacts", ...property });
  await call("hubspot-update-property", { objectType: "contacts", propertyName: name, label: "Our robots" });
  const read = await call("hubspot-get-property", { objectType: "contacts", propertyName: name });
  expect(read.includes("Ourrobots"), "property made, changed and read");
}

async function engagements() {
  const associations = { contactIds: [Number(SARAH)] };
  const note = { type: "NOTE", ownerId: 117001, associations, metadata: { body: "Called back" } };
  const made = await call("hubspot-create-engagement", note);
  const engagementId = Number(made.match(/"id":(\d+)/)[1]);
  const read = await call("hubspot-get-engagement", { engagementId });
  expect(read.includes("Calledback"), "engagement made and read");
  await call("hubspot-update-engagement", { engagementId, associations, metadata: { body: "Called back twice" } });
  const again = await call("hubspot-get-engagement", { engagementId });
  expect(again.includes("Calledbacktwice"), "engagement changed");
}

await client.connect(new StdioClientTransport({ command: process.execPath, args: [server], env, stderr: "ignore" }));
const { tools } = await client.listTools();
console.log(`@hubspot/mcp-server with ${tools.length} tools on ${url}`);
const user = await call("hubspot-get-user-details", {});
expect(user.includes("44237313"), "user details");
await objects();
await associations();
await properties();
await engagements();
await client.close();
