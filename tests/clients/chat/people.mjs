// The people of the embedded HubSpot, who take conversations over and answer, and its records.

const MEI = '117003';
const TICKET_OF_NOTE = 228;
const CLOSED = '4';
const LOOK_MS = 250;
const WAIT_MAX_MS = 30_000;

export class People {
  constructor(hubspot, token) {
    this.hubspot = hubspot;
    this.token = token;
  }

  async ask(method, path, body) {
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${this.hubspot}${path}`, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
    return answer.status === 204 ? null : answer.json();
  }

  /** The newest record of a type whose property has these words; waits for it. */
  async newest(kind, property, words) {
    const search = {
      filterGroups: [],
      properties: [property],
      limit: 5,
      sorts: [{ propertyName: 'hs_object_id', direction: 'DESCENDING' }],
    };
    for (const end = Date.now() + WAIT_MAX_MS; Date.now() < end; ) {
      const { results } = await this.ask('POST', `/crm/v3/objects/${kind}/search`, search);
      const found = results.find((one) => one.properties[property]?.includes(words));
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    throw new Error(`no record of ${kind} with “${words}” in ${property}`);
  }

  /** Mei Tanaka writes to the customer of a ticket. */
  async write(ticket, words) {
    const properties = { hs_note_body: `@customer ${words}`, hs_timestamp: new Date().toISOString(), hubspot_owner_id: MEI };
    const types = [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: TICKET_OF_NOTE }];
    await this.ask('POST', '/crm/v3/objects/notes', { properties, associations: [{ to: { id: ticket }, types }] });
  }

  async closeTicket(ticket) {
    await this.ask('PATCH', `/crm/v3/objects/tickets/${ticket}`, { properties: { hs_pipeline_stage: CLOSED } });
  }
}
