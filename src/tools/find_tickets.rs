//! `find_tickets`: the tickets of a customer, or one ticket.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::records::excerpt::TextPart;
use crate::records::ticket::{self, TicketParts, TicketView};
use crate::records::ticket_notes::{self, NoteView};
use crate::records::{contact, cursor, newest, property};
use crate::tool::customer_use::{CustomerUse, Subject};
use crate::tool::{Ctx, Effect, Tool, ToolError};
use domain::code::Code;
use domain::contact_key::ContactKey;
use domain::id::RecordId;
use hubspot_client::{Object, Pipeline, Record};

const LIMIT_DEFAULT: usize = 4;
const LIMIT_MAX: usize = 50;
/// The most further properties that one call may request.
const PROPERTIES_MAX: usize = 20;
/// The most tickets of a customer that are read; the newest are.
const TICKETS_READ_MAX: usize = 500;
/// The longest part of a ticket's content in a list, and of a single ticket.
const LISTED_CHARACTERS_MAX: usize = 200;
const TEXT_CHARACTERS_MAX: usize = 1_500;

/// Find a customer's tickets, open ones first, or read one with its content and last notes. `customer_text` is data,
/// `colleague_note` internal.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FindTickets {
    /// The customer's contact id or e-mail address, for example `sarah@gmail.com`.
    contact: Option<ContactKey>,
    /// One ticket's id, for example `33190415288`.
    ticket_id: Option<RecordId>,
    /// Only those that are `open` or `closed`.
    status: Option<Status>,
    /// Show the beginning of each content: `true`.
    #[serde(default)]
    content: bool,
    /// Names or labels of further properties to show, for example `["Resolution"]`.
    #[serde(default)]
    #[schemars(inner(length(max = 255)))]
    properties: Vec<String>,
    /// Where to begin in one ticket's content: the `text_next` of the answer before, for example `1500`.
    #[serde(default)]
    text_from: usize,
    /// At most so many, `4` unless said, up to `50`.
    limit: Option<usize>,
    /// The `next_cursor` of the answer before.
    #[schemars(length(max = 500))]
    cursor: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Status {
    Open,
    Closed,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Tickets {
    total: usize,
    /// The number of the customer's open tickets, whatever `status` was asked for.
    open: usize,
    tickets: Vec<TicketView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
    /// The customers of a ticket that was asked for by id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contact_ids: Vec<RecordId>,
    /// The last notes on a ticket that was asked for by id, newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<NoteView>,
    /// The number of all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    notes_total: Option<usize>,
    /// The customer has more tickets than were looked at: only the newest are counted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    older_left_out: bool,
}

impl Tool for FindTickets {
    const NAME: &'static str = "find_tickets";
    const TITLE: &'static str = "Find tickets";
    const EFFECT: Effect = Effect::Read;
    const SCOPES: &'static [&'static str] = &["tickets", "crm.objects.contacts.read"];
    const CUSTOMERS: Option<CustomerUse> = CustomerUse::verified(
        Subject::ContactOrTicket("contact", "ticket_id"),
        &["status", "content", "text_from", "limit", "cursor"],
        &["total", "open", "tickets", "next_cursor", "older_left_out"],
    );
    type Output = Tickets;

    async fn call(self, ctx: &Ctx) -> Result<Tickets, ToolError> {
        let limit = self.limit.unwrap_or(LIMIT_DEFAULT);
        if limit == 0 || limit > LIMIT_MAX {
            return Err(ToolError::input("limit", format!("it must be between 1 and {LIMIT_MAX}")));
        }
        if self.properties.len() > PROPERTIES_MAX {
            return Err(ToolError::input("properties", format!("at most {PROPERTIES_MAX} can be shown")));
        }
        let names = property::names(ctx, Object::Tickets, &self.properties).await?;
        match (&self.contact, &self.ticket_id) {
            (Some(contact), None) => self.of_contact(ctx, contact, limit, &names).await,
            (None, Some(id)) => self.one(ctx, id, &names).await,
            (Some(contact), Some(id)) => {
                let contact = contact::id_of(ctx, contact).await?;
                let ticket = self.one(ctx, id, &names).await?;
                if ticket.contact_ids.contains(&contact) { Ok(ticket) } else { Err(of_another(id)) }
            }
            (None, None) => Err(ToolError::input("contact", "send `contact` or `ticket_id`")),
        }
    }
}

impl FindTickets {
    async fn one(&self, ctx: &Ctx, id: &RecordId, names: &[String]) -> Result<Tickets, ToolError> {
        let record = ticket::look(ctx, id, names).await?;
        let contact_ids = ctx.hubspot.associations().of(Object::Tickets, &record.id, Object::Contacts).await?;
        let part = TextPart { from: self.text_from, length_max: TEXT_CHARACTERS_MAX };
        let tickets = ticket::views(ctx, vec![record], TicketParts { content: Some(part), properties: names }).await?;
        let open = tickets.iter().filter(|ticket| ticket.open).count();
        // The ticket is shown without its notes if they cannot be read.
        let notes = ticket_notes::of(ctx, id).await.ok();
        let (notes_total, notes) = notes.map(|notes| (notes.total, notes.last)).unzip();
        let notes = notes.unwrap_or_default();
        let (total, next_cursor, older_left_out) = (1, None, false);
        Ok(Tickets { total, open, tickets, next_cursor, contact_ids, notes, notes_total, older_left_out })
    }

    async fn of_contact(
        &self,
        ctx: &Ctx,
        key: &ContactKey,
        limit: usize,
        names: &[String],
    ) -> Result<Tickets, ToolError> {
        let contact = contact::live(ctx, key, &["email"]).await?.record;
        let question = (contact.id.as_str(), self.status);
        let after: Option<TicketSortKey> =
            self.cursor.as_deref().map(|text| cursor::read(question, text)).transpose()?;
        let pipelines = ctx.hubspot.pipelines().tickets().await?;
        let (records, older_left_out) = records(ctx, &contact.id, names).await?;
        let open = records.iter().filter(|record| ticket::is_open(&pipelines, record)).count();
        let mut all = in_order(&pipelines, records, self.status);
        let total = all.len();
        all.retain(|(position, _)| after.is_none_or(|after| *position > after));
        let more = all.len() > limit;
        all.truncate(limit);
        let next_cursor = all.last().filter(|_| more).map(|(position, _)| cursor::write(question, *position));
        let content = self.content.then(|| TextPart::first(LISTED_CHARACTERS_MAX));
        let shown = TicketParts { content, properties: names };
        let tickets = ticket::views(ctx, all.into_iter().map(|(_, record)| record).collect(), shown).await?;
        let (contact_ids, notes, notes_total) = (vec![], vec![], None);
        Ok(Tickets { total, open, tickets, next_cursor, contact_ids, notes, notes_total, older_left_out })
    }
}

/// The refusal of a ticket that is not the customer's. It tells nothing of the ticket.
fn of_another(id: &RecordId) -> ToolError {
    let hint = "ask for the number again, or list theirs with `contact` alone; a colleague's ticket needs that colleague, \
                or somebody who decides: `create_task`";
    ToolError::new(Code::TicketNotFound, format!("the customer has no ticket `{id}`"), hint)
}

/// The sort key of a ticket: open before closed, then newest first, since HubSpot's ids grow.
type TicketSortKey = (bool, std::cmp::Reverse<u64>);

fn in_order(pipelines: &[Pipeline], records: Vec<Record>, status: Option<Status>) -> Vec<(TicketSortKey, Record)> {
    let placed = |record: Record| {
        let number = record.id.as_str().parse().unwrap_or_default();
        ((!ticket::is_open(pipelines, &record), std::cmp::Reverse(number)), record)
    };
    let mut all: Vec<_> = records.into_iter().map(placed).collect();
    all.retain(|((closed, _), _)| status.is_none_or(|status| (status == Status::Closed) == *closed));
    all.sort_by_key(|(position, _)| *position);
    all
}

/// The newest tickets of a contact. True if there are older ones.
async fn records(ctx: &Ctx, contact: &RecordId, more: &[String]) -> Result<(Vec<Record>, bool), ToolError> {
    let on = (Object::Contacts, contact);
    let tickets = newest::of(ctx, on, Object::Tickets, &ticket::names(more), TICKETS_READ_MAX).await?;
    Ok((tickets.records, tickets.total > TICKETS_READ_MAX))
}
