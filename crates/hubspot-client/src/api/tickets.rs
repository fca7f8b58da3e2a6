//! Tickets: the requests of customers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};

use crate::api::associations::AssociationsState;
use crate::api::create_record::{NewRecord, RecordCreator, RecordKind, RequestKey};
use crate::api::properties::PropertiesState;
use crate::api::records::RecordsState;
use crate::api::ticket_key;
use crate::error::Error;
use crate::object::Object;
use crate::record::{self, Created, Record};
use crate::settings::TicketKeys;
use crate::tier::Bucket;
use crate::transport::call_scope::CallScope;
use crate::transport::request::{ApiRequest, encoded};
use crate::versions::Api;
use crate::writes::key_lock::{KeyLock, KeyLocks, hashed};
use crate::writes::kind::WriteKind;
use crate::writes::unknown_outcomes::Unique;
use domain::id::{OwnerId, RecordId};

const KIND: RecordKind =
    RecordKind { object: Object::Tickets, write: WriteKind::Ticket, match_by: &["subject", "content"] };
/// The type id of the association from a ticket to a contact (HubSpot, association type ids).
const TO_CONTACT: u32 = 16;

/// A ticket to create.
#[derive(Clone, PartialEq, Eq)]
pub struct NewTicket {
    /// The contact to which the ticket belongs; `None` for a customer of whom nothing is known.
    pub contact: Option<RecordId>,
    /// The ticket's name.
    pub subject: String,
    /// The ticket's description, at most 65,536 characters.
    pub content: String,
    /// The pipeline's internal id, not its label.
    pub pipeline: String,
    /// The stage's internal id, not its label.
    pub stage: String,
    /// `LOW`, `MEDIUM`, `HIGH` or `URGENT`.
    pub priority: Option<String>,
    /// HubSpot's internal value of `hs_ticket_category`.
    pub category: Option<String>,
    /// The owner of the ticket; `None` leaves it unassigned.
    pub owner: Option<OwnerId>,
    /// Further properties by internal name.
    pub properties: BTreeMap<String, String>,
    /// A key of the caller's making, the same whichever process asks for the same ticket: where the account has a property
    /// for keys, HubSpot takes one ticket for it, and whoever comes second gets that one. `None` makes a key of its own.
    pub key: Option<String>,
}

/// The creation of tickets. Reads and changes are those of [`Records`](crate::Records).
#[derive(Debug)]
pub struct Tickets<'a> {
    pub(crate) state: &'a TicketsState,
    pub(crate) scope: &'a CallScope,
}

/// The creator of tickets, and the property of their keys.
pub(crate) struct TicketsState {
    creator: RecordCreator,
    associations: Arc<AssociationsState>,
    properties: Arc<PropertiesState>,
    keys: TicketKeys,
    locks: KeyLocks,
}

impl TicketsState {
    pub(crate) fn new(
        records: Arc<RecordsState>,
        associations: Arc<AssociationsState>,
        properties: Arc<PropertiesState>,
        keys: TicketKeys,
    ) -> TicketsState {
        TicketsState {
            creator: RecordCreator::new(KIND, records, associations.clone()),
            associations,
            properties,
            keys,
            locks: KeyLocks::default(),
        }
    }

    /// The property of keys. `None` also if the definitions cannot be read: the ticket is then looked up by its text.
    async fn key_property(&self, scope: &CallScope) -> Option<&str> {
        if self.keys == TicketKeys::Off {
            return None;
        }
        let definitions = self.properties.of(scope, KIND.object.name()).await.ok()?;
        ticket_key::property(&self.keys, &definitions)
    }
}

opaque_debug!(TicketsState);

impl Tickets<'_> {
    /// Creates a ticket that belongs to its contact from the start, in one request. Concurrent creations share a batch.
    /// Fails with [`Error::ContactMissing`] for an unknown contact, with [`Error::OutcomeUnknown`] if the answer was lost
    /// and the look-ups did not tell.
    pub async fn create(&self, ticket: &NewTicket) -> Result<Created<Record>, Error> {
        self.create_with(ticket, None).await
    }

    /// Creates the ticket under a lock, which is held until the creation has ended, also when its caller has stopped waiting.
    pub async fn create_locked(&self, ticket: &NewTicket, lock: KeyLock) -> Result<Created<Record>, Error> {
        self.create_with(ticket, Some(lock)).await
    }

    /// Waits until no other call of this process creates a ticket with this text for this contact.
    pub async fn lock(&self, contact: &RecordId, text: &str) -> KeyLock {
        self.state.locks.lock((contact.as_str(), text)).await
    }

    /// Reads a ticket with the ids of the notes on it, in one request; `None` if it does not exist or is archived. A ticket
    /// with more notes than one page shows takes a second request.
    pub async fn with_notes(
        &self,
        id: &RecordId,
        properties: &[&str],
    ) -> Result<Option<(Record, Vec<RecordId>)>, Error> {
        let (object, notes) = (Object::Tickets.name(), Object::Notes.name());
        let path = format!("{}/{object}/{}", self.scope.root(Api::Objects), encoded(id.as_str()));
        let request =
            ApiRequest::get(object, path).with("properties", &properties.join(",")).with("associations", notes);
        let answer = match self.scope.send(Bucket::General, &request).await {
            Ok(answer) => answer,
            Err(error) if error.error == Error::NotFound => return Ok(None),
            Err(error) => return Err(error.error),
        };
        let (record, page) = (Record::read(&answer)?, &answer["associations"][notes]);
        let ids: BTreeSet<RecordId> =
            page["results"].as_array().into_iter().flatten().filter_map(|one| record::id(&one["id"])).collect();
        if page["paging"]["next"].is_null() {
            return Ok(Some((record, ids.into_iter().collect())));
        }
        let all = self.state.associations.of(self.scope, Object::Tickets, id, Object::Notes).await?;
        Ok(Some((record, all)))
    }

    async fn create_with(&self, ticket: &NewTicket, lock: Option<KeyLock>) -> Result<Created<Record>, Error> {
        let property = self.key_property().await.filter(|name| !ticket.properties.contains_key(*name));
        let contact = ticket.contact.as_ref().map(RecordId::as_str).unwrap_or_default();
        let of = hashed((contact, &ticket.subject, &ticket.content));
        // The key of the same ticket that may be there already: HubSpot then refuses a second one.
        let before = ticket.key.clone().or_else(|| lock.as_ref()?.unique_value(of));
        let key = property.map(|property| ticket_key::again(property, before));
        let unique = key.as_ref().map(|key| Unique { of, value: key.value.clone() });
        let begun = lock.as_ref().map(|lock| lock.begin(unique));
        let parent = ticket.contact.clone().map(|contact| (Object::Contacts, contact));
        let new = NewRecord { parent, input: input(ticket, key.as_ref()), key, _lock: lock };
        let made = self.state.creator.create(self.scope, new).await;
        begun.into_iter().for_each(|begun| begun.end(&made));
        made
    }

    /// The name of the property into which creations write a key; `None` if this account and the settings have none.
    pub async fn key_property(&self) -> Option<&str> {
        self.state.key_property(self.scope).await
    }
}

fn input(ticket: &NewTicket, key: Option<&RequestKey>) -> Value {
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
    let key = key.map(|key| (key.property.clone(), key.value.clone()));
    for (name, value) in given.chain(ticket.properties.clone()).chain(key) {
        properties[name] = Value::String(value);
    }
    let association = |contact: &RecordId| {
        json!({
            "to": {"id": contact},
            "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": TO_CONTACT}],
        })
    };
    let associations: Vec<Value> = ticket.contact.iter().map(association).collect();
    json!({ "properties": properties, "associations": associations })
}

/// Without subject and content, which are a customer's words and must not reach a log.
impl std::fmt::Debug for NewTicket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewTicket").field("contact", &self.contact).field("stage", &self.stage).finish_non_exhaustive()
    }
}
