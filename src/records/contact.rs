//! Lookup of one contact by id or e-mail address.

use futures::future::join_all;
use serde_json::{Value, json};

use super::error::Error;
use super::excerpt;
use crate::tool::Ctx;
use crate::tool::field::Field;
use crate::tool::question::ElicitationRequest;
use domain::contact_key::ContactKey;
use domain::id::RecordId;
use hubspot_client::{self, Object, Record};

/// Candidates that an error lists.
const CANDIDATES_MAX: usize = 5;
const SHOWN: [&str; 4] = ["email", "firstname", "lastname", "company"];

/// A contact that was looked up.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundContact {
    /// Contact with the properties that were asked for.
    pub record: Record,
    /// The id that was asked for, if it was merged into this contact.
    pub merged_from: Option<RecordId>,
}

impl FoundContact {
    /// A contact that was found under its own id.
    pub fn of(record: Record) -> FoundContact {
        FoundContact { record, merged_from: None }
    }
}

/// The live contact with this key and these properties, or an error that says why there is none.
pub async fn live(ctx: &Ctx, key: &ContactKey, properties: &[&str]) -> Result<FoundContact, Error> {
    let found = look(ctx, key, properties).await?;
    match found {
        Some(found) if found.record.archived => Err(Error::ContactArchived(found.record.id)),
        Some(found) => Ok(found),
        None => Err(Error::ContactUnknown(key.clone())),
    }
}

/// The id of the contact with this key. An id is not looked up: who uses it finds out whether it exists.
pub async fn id_of(ctx: &Ctx, key: &ContactKey) -> Result<RecordId, Error> {
    match key {
        ContactKey::Id(id) => Ok(id.clone()),
        ContactKey::Email(_) => Ok(live(ctx, key, &["email"]).await?.record.id),
    }
}

/// The contact with this key, live or archived. It is read and not searched: HubSpot's search index lags behind.
pub async fn look(ctx: &Ctx, key: &ContactKey, properties: &[&str]) -> Result<Option<FoundContact>, Error> {
    match key {
        ContactKey::Email(email) => match ctx.hubspot.contacts().by_email(email, properties).await {
            Ok(record) => Ok(record.map(FoundContact::of)),
            Err(hubspot_client::Error::Ambiguous { ids }) => choose(ctx, ids, properties).await,
            Err(error) => Err(error.into()),
        },
        ContactKey::Id(id) => {
            let record = match ctx.hubspot.contacts().by_id(id, properties).await? {
                Some(record) => Some(record),
                None => ctx.hubspot.records(Object::Contacts).archived(id, properties).await?,
            };
            Ok(record.map(|record| FoundContact { merged_from: (record.id != *id).then(|| id.clone()), record }))
        }
    }
}

/// Asks the person which of several contacts with one address is meant. If nobody can be asked, the error has the
/// candidates.
pub async fn choose(ctx: &Ctx, ids: Vec<RecordId>, properties: &[&str]) -> Result<Option<FoundContact>, Error> {
    let shown = ids.iter().take(CANDIDATES_MAX);
    let reads = join_all(shown.map(async |id| ctx.hubspot.contacts().by_id(id, &SHOWN).await)).await;
    let records: Vec<_> = reads.into_iter().filter_map(Result::ok).flatten().collect();
    let message = format!("{} contacts have this e-mail address", ids.len());
    let hint = "ask which one is meant and send its id in place of the address";
    let choices = records.iter().map(|record| (record.id.to_string(), title(record)));
    let form = ElicitationRequest::new("same_address", format!("{message}. Who is meant?"), hint)
        .field(Field::choice("who", "Contact", choices).required());
    let candidates: Vec<_> = records.iter().map(candidate).collect();
    let answer =
        ctx.ask(form).await.map_err(|question| Error::ContactAmbiguous { question, ids: ids.clone(), candidates })?;
    let answers = answer.accepted("the choice between contacts with the same address")?;
    let id = answers.text("who").and_then(|id| ids.iter().find(|known| known.as_str() == id));
    let Some(id) = id else { return Ok(None) };
    Ok(ctx.hubspot.contacts().by_id(id, properties).await?.map(FoundContact::of))
}

/// Name, address and company: the choices that a person is shown.
pub fn title(record: &Record) -> String {
    let parts = ["firstname", "lastname", "email", "company"].map(|name| record.get(name).unwrap_or_default());
    excerpt::line(&parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" "))
}

/// A contact by id and name alone, where the customer has to say who they are.
pub fn named(record: &Record) -> Value {
    let name = ["firstname", "lastname"].map(|name| record.get(name).unwrap_or_default()).join(" ");
    json!({ "contact_id": record.id, "name": excerpt::line(name.trim()) })
}

/// A contact in a list of candidates.
pub fn candidate(record: &Record) -> Value {
    let mut shown = json!({ "contact_id": record.id });
    for name in SHOWN {
        if let Some(value) = record.get(name) {
            shown[name] = excerpt::line(value).into();
        }
    }
    shown
}
