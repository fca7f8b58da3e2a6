//! Tickets.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::HubSpot;
use super::ask::Ask;
use super::error::Error;
use super::fault::Fault;
use super::record::{Created, Record};
use super::tier::Bucket;
use super::versions::Api;
use crate::crm::id::{OwnerId, RecordId};

const FAMILY: &str = "tickets";
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
pub struct Tickets<'a>(pub(super) &'a HubSpot);

impl Tickets<'_> {
    /// Creates a ticket that belongs to its contact from the start, in one request. For an unknown contact nothing is
    /// created: [`Error::ContactMissing`].
    pub async fn create(&self, ticket: &NewTicket) -> Result<Created<Record>, Error> {
        let path = format!("{}/tickets", self.0.root(Api::Objects));
        let ask = Ask::create(FAMILY, path, &input(ticket));
        let answer = self.0.door().send(Bucket::General, &ask, &self.0.trip()).await;
        match answer.and_then(|answer| Record::read(&answer)) {
            Ok(value) => Ok(Created { value, recovered: false }),
            Err(fault) => Err(self.explained(fault, &ticket.contact).await),
        }
    }

    /// HubSpot does not document how it refuses an association with nobody, so a refusal that could be one is decided by
    /// looking the contact up.
    async fn explained(&self, fault: Fault, contact: &RecordId) -> Error {
        let unclear = matches!(fault.error, Error::NotFound | Error::Rejected { .. });
        match unclear && self.0.contacts().by_id(contact, &["email"]).await == Ok(None) {
            true => Error::ContactMissing,
            false => fault.error,
        }
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
