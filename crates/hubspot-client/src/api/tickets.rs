//! Tickets.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::HubSpot;
use crate::error::{Error, Write};
use crate::object::Object;
use crate::record::{Created, Record};
use crate::writes::create::{Create, NewRecord};
use domain::id::{OwnerId, RecordId};

pub(crate) const CREATE: Create =
    Create { object: Object::Tickets, write: Write::Ticket, match_by: &["subject", "content"] };
/// HubSpot's association from a ticket to a contact.
const TO_CONTACT: u32 = 16;

#[derive(Clone, PartialEq, Eq)]
pub struct NewTicket {
    pub contact: RecordId,
    pub subject: String,
    /// At most 65,536 characters.
    pub content: String,
    /// HubSpot's internal ids, not labels.
    pub pipeline: String,
    pub stage: String,
    /// `LOW`, `MEDIUM`, `HIGH` or `URGENT`.
    pub priority: Option<String>,
    /// HubSpot's internal value of `hs_ticket_category`.
    pub category: Option<String>,
    pub owner: Option<OwnerId>,
    /// Further properties by internal name.
    pub properties: BTreeMap<String, String>,
}

#[derive(Debug)]
pub struct Tickets<'a>(pub(crate) &'a HubSpot);

impl Tickets<'_> {
    /// Creates a ticket that belongs to its contact from the start, in one request. For an unknown contact nothing is
    /// created: [`Error::ContactMissing`].
    pub async fn create(&self, ticket: &NewTicket) -> Result<Created<Record>, Error> {
        let new = NewRecord { on: (Object::Contacts, ticket.contact.clone()), input: input(ticket) };
        self.0.engine.new_tickets.ask(self.0, new).await
    }
}

fn input(ticket: &NewTicket) -> Value {
    let mut properties = json!({
        "subject": ticket.subject, "content": ticket.content,
        "hs_pipeline": ticket.pipeline, "hs_pipeline_stage": ticket.stage,
    });
    let owner = ticket.owner.as_ref().map(|owner| owner.as_str().to_owned());
    let optional = [
        ("hs_ticket_priority", ticket.priority.clone()),
        ("hs_ticket_category", ticket.category.clone()),
        ("hubspot_owner_id", owner),
    ];
    let given = optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    for (name, value) in given.chain(ticket.properties.clone()) {
        properties[name] = Value::String(value);
    }
    json!({
        "properties": properties,
        "associations": [{
            "to": {"id": ticket.contact},
            "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": TO_CONTACT}],
        }],
    })
}

/// Subject and content are somebody's words and must not reach a log by way of `{:?}`.
impl std::fmt::Debug for NewTicket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewTicket").field("contact", &self.contact).field("stage", &self.stage).finish_non_exhaustive()
    }
}
